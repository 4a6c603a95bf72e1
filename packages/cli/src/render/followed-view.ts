import type { FollowedDataset } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { counted } from './words.ts';

/** What became of datasets after Git has changed `tidegate.lock`, a line for each thing. */
export function followedLines(followed: readonly FollowedDataset[]): readonly string[] {
  return followed.flatMap(({ dataset, version, placed, removed, kept, absent }) => {
    const name = `tidegate: data.${dataset}`;
    const [first, ...more] = kept;
    const done = [...(placed > 0 ? [`${counted(placed, 'file')} placed`] : []), ...(removed > 0 ? [`${removed} taken away`] : [])];
    return [
      ...(done.length === 0 ? [] : [`${name} is at ${shortDigest(version)}: ${done.join(', ')}`]),
      ...(first === undefined
        ? []
        : [`${name}: "${first}"${more.length === 0 ? '' : ` and ${more.length} more`} left as it is: changed, and no version has that`]),
      ...(absent === 0
        ? []
        : [
            `${name}: ${absent === null ? `version ${shortDigest(version)} is` : `${counted(absent, 'file')} are`} not on this machine: tidegate data pull ${dataset}`,
          ]),
    ];
  });
}
