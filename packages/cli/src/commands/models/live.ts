import { modelsLiveAt } from '@tidegate/core';
import { momentOf } from '../../moment-of.ts';
import { moment } from '../../render/figures.ts';
import { liveModelLines } from '../../render/model-view.ts';
import type { Verb } from '../../verb.ts';

export const live: Verb = {
  usage: 'live [--at TIME]',
  options: { at: { type: 'string', value: 'TIME', help: 'With "live": which models were live at this moment, ISO 8601 (default: now)' } },
  examples: [{ line: 'tidegate models live --at 2026-11-03', does: 'which model answered in each environment that day, and since when' }],
  run: async ({ project, invocation: { terminal, json, text } }) => {
    const at = momentOf('at', text('at'));
    const found = await modelsLiveAt(project, at ?? project.platform.clock.now());
    if (json) terminal.json(found);
    for (const line of liveModelLines(found, at === null ? 'now' : `at ${moment(new Date(at).toISOString())}`)) terminal.line(line);
  },
};
