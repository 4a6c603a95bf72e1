import { compareModels } from '@tidegate/core';
import { comparedModelLines } from '../../render/model-view.ts';
import type { Verb } from '../../verb.ts';

export const compare: Verb = {
  usage: 'compare BEFORE AFTER',
  examples: [
    {
      line: 'tidegate models compare 3f2a9c1d delay',
      does: 'metrics with their intervals, and what of code, data, packages and inputs differs',
    },
  ],
  run: async ({ project, invocation: { terminal, json }, words: [before = '', after = ''] }) => {
    const compared = await compareModels(project, before, after);
    if (json) terminal.json(compared);
    for (const line of comparedModelLines(compared, terminal)) terminal.line(line);
  },
};
