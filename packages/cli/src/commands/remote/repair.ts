import { repairIndexOfRemote } from '@tidegate/core';
import { remoteOption, zoneOption } from '../../open-here.ts';
import { bytes, whole } from '../../render/figures.ts';
import { counted } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';

export const repair: Verb = {
  usage: 'repair [--dry-run]',
  options: {
    'dry-run': { type: 'boolean', help: 'repair: only say what of the index is lost' },
    remote: remoteOption,
    zone: zoneOption,
  },
  examples: [{ line: 'tidegate remote repair', does: 'makes parts of the index that are gone or damaged anew, from what the packs say' }],
  run: async ({ project, invocation: { terminal, json, flag, signal } }) => {
    let read = 0;
    const dryRun = flag('dry-run');
    const repaired = await repairIndexOfRemote(project, {
      dryRun,
      signal,
      onProgress: (count) => terminal.status(`… repairing: ${bytes((read += count))} read`),
    });
    if (json) terminal.json(repaired);
    if (repaired.length === 0) terminal.line('The index is whole.');
    for (const { zone, lost, objects, pieces, unread, isAllowed } of repaired) {
      const what = `${zone}: ${counted(lost.length, 'shard')} gone or damaged`;
      if (!isAllowed) terminal.line(`${what}; only a run of that zone, or of a more trusted one, may repair it.`);
      else if (dryRun) terminal.line(`${what}; would be made anew.`);
      else terminal.line(`${what}; ${whole(objects)} objects and ${whole(pieces)} pieces of long ones found again in packs.`);
      for (const name of unread) terminal.line(`  ${name} cannot be read: push again what was in it`);
    }
    return repaired.some(({ isAllowed, unread }) => dryRun || !isAllowed || unread.length > 0) ? 1 : 0;
  },
};
