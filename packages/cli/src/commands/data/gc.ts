import { collectGarbage } from '@tidegate/core';
import { garbageLines } from '../../render/garbage-view.ts';
import type { Verb } from '../../verb.ts';
import { dryRunOption } from './options.ts';

/** Data and results of steps lie in one store, and what one needs the other may hold: there is one collection for both. */
export const gc: Verb = {
  usage: 'gc [--dry-run]',
  options: { 'dry-run': dryRunOption },
  examples: [{ line: 'tidegate data gc --dry-run', does: 'as "tidegate store gc": data and results of steps are in one store' }],
  run: async ({ project, invocation: { terminal, json, flag, signal } }) => {
    const { objects: store, state, platform, home } = project;
    const report = await collectGarbage({ store, state, home, nowMs: platform.clock.now(), dryRun: flag('dry-run'), signal });
    if (json) terminal.json(report);
    for (const line of garbageLines(report)) terminal.line(line);
  },
};
