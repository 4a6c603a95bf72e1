import { pushData, type PushedDataset } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { bytes } from '../../render/figures.ts';
import { movingBytes } from '../../render/moving-bytes.ts';
import { forgottenTeller } from '../../render/forgotten-rows-view.ts';
import { counted } from '../../render/words.ts';
import { remoteOption, zoneOption } from '../../open-here.ts';
import type { Verb } from '../../verb.ts';

export const push: Verb = {
  usage: 'push [NAME…] [--dry-run]',
  options: {
    'dry-run': { type: 'boolean', help: 'Only say what would be done' },
    remote: remoteOption,
    zone: zoneOption,
  },
  examples: [{ line: 'tidegate data push', does: 'the versions that tidegate.lock pins, as far as the remote does not have them' }],
  run: async ({ project, invocation: { terminal, json, flag, signal }, words }) => {
    const dryRun = flag('dry-run');
    const names = words.map((word) => word.replace(/^data\./, ''));
    const pushed = await pushData(project, names, {
      dryRun,
      signal,
      onProgress: movingBytes(terminal, 'pushing'),
      onForgotten: forgottenTeller(terminal),
    });
    if (json) terminal.json(pushed);
    for (const one of pushed) terminal.line(sentenceOf(one, dryRun));
    return pushed.some(({ lost }) => lost.length > 0) ? 1 : 0;
  },
};

function sentenceOf({ dataset, version, objects, bytes: size, moved, lost }: PushedDataset, dryRun: boolean): string {
  const name = `data.${dataset}`;
  if (version === null) return `${name}: tidegate.lock pins no version.`;
  const what = `${name}, version ${shortDigest(version)}`;
  const nowhere = lost.length === 0 ? '' : ` ${counted(lost.length, 'object')} neither here nor there: pull from where they are first.`;
  if (objects === 0) return `${what}: ${lost.length === 0 ? 'all of it is there' : 'not whole'}.${nowhere}`;
  const sent = `${counted(objects, 'object')} (${bytes(size)})`;
  return dryRun ? `${what}: would send ${sent}.${nowhere}` : `${what}: sent ${sent}, ${bytes(moved)} over the line.${nowhere}`;
}
