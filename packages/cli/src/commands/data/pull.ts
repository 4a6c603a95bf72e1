import { pullData, type PulledDataset } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { bytes } from '../../render/figures.ts';
import { forgottenTeller } from '../../render/forgotten-rows-view.ts';
import { movingBytes } from '../../render/moving-bytes.ts';
import { counted } from '../../render/words.ts';
import { remoteOption, zoneOption } from '../../open-here.ts';
import type { Verb } from '../../verb.ts';

export const pull: Verb = {
  usage: 'pull [NAME…] [--path PATTERN]… [--partition PARTITION]… [--force] [--dry-run]',
  options: {
    path: { type: 'string', value: 'PATTERN', multiple: true, help: 'With "pull": only paths that match, as in "data/images/cats/**"' },
    partition: {
      type: 'string',
      value: 'PARTITION',
      multiple: true,
      help: 'pull: only rows, or files in folders, of this partition: "day=2026-01-01", "day=2026-01-*", "day=2026-01-01..2026-01-07"',
    },
    force: { type: 'boolean', help: 'write over files with changes that no version has' },
    'dry-run': { type: 'boolean', help: 'Only say what would be done' },
    remote: remoteOption,
    zone: zoneOption,
  },
  examples: [
    { line: 'tidegate data pull', does: 'the versions that tidegate.lock pins, each object checked as it arrives, into their places' },
    { line: 'tidegate data pull images --path "data/images/cats/**"', does: 'a part of a dataset, and nothing else of it' },
    { line: 'tidegate data pull sales --partition day=2026-01-01..2026-01-07', does: 'the rows of a week of a table, as plain Parquet' },
  ],
  run: async ({ project, invocation: { terminal, json, flag, texts, signal }, words }) => {
    const dryRun = flag('dry-run');
    const names = words.map((word) => word.replace(/^data\./, ''));
    const options = { dryRun, force: flag('force'), paths: texts('path'), partitions: texts('partition'), signal };
    const pulled = await pullData(project, names, { ...options, onProgress: movingBytes(terminal, 'pulling') });
    if (json) terminal.json(pulled);
    for (const one of pulled) {
      for (const forgotten of one.forgotten) forgottenTeller(terminal)(forgotten);
      terminal.line(sentenceOf(one, dryRun));
    }
    return pulled.some(({ lost }) => lost.length > 0) ? 1 : 0;
  },
};

function sentenceOf({ dataset, version, files, objects, bytes: size, lost }: PulledDataset, dryRun: boolean): string {
  const name = `data.${dataset}`;
  if (version === null) return `${name}: tidegate.lock pins no version.`;
  const what = `${name}, version ${shortDigest(version)}`;
  if (lost.length > 0) return `${what}: ${counted(lost.length, 'object')} not in the remote, or damaged there, so nothing was placed.`;
  const got = objects === 0 ? 'all of it was here' : `${dryRun ? 'would get' : 'got'} ${counted(objects, 'object')} (${bytes(size)})`;
  return `${what}: ${got}; ${counted(files, 'file')} ${dryRun ? 'would be ' : ''}in place.`;
}
