import { collectRemoteGarbage } from '@tidegate/core';
import { remoteOption, zoneOption } from '../../open-here.ts';
import { durationOption } from '../../quantities.ts';
import { remoteGarbageLines } from '../../render/remote-garbage-view.ts';
import type { Verb } from '../../verb.ts';

export const gc: Verb = {
  usage: 'gc [--dry-run] [--grace TIME]',
  options: {
    'dry-run': { type: 'boolean', help: 'gc: only say what would go, and why' },
    grace: {
      type: 'string',
      value: 'TIME',
      help: 'gc: what nothing needs counts as missing at once and goes after this time (default: 7d); 0s only while nobody pushes',
    },
    remote: remoteOption,
    zone: zoneOption,
  },
  examples: [{ line: 'tidegate remote gc --dry-run', does: 'what no project that shares the remote needs, with sizes and reasons' }],
  run: async ({ project, invocation: { terminal, json, flag, text, signal } }) => {
    const grace = durationOption('grace', text('grace'));
    const report = await collectRemoteGarbage(project, {
      dryRun: flag('dry-run'),
      signal,
      ...(grace !== undefined && { graceMs: grace }),
    });
    if (json) terminal.json(report);
    for (const line of remoteGarbageLines(report)) terminal.line(line);
    return report.unread.length > 0 ? 1 : 0;
  },
};
