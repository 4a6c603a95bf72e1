import { listModels } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { measured } from '../../render/figures.ts';
import { table } from '../../render/table.ts';
import { verdictStyle } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';

export const list: Verb = {
  usage: 'list',
  examples: [{ line: 'tidegate models', does: 'every model version with its metrics, verdict and where it is live' }],
  run: async ({ project, invocation: { terminal, json } }) => {
    const models = await listModels(project);
    if (json) terminal.json(models);
    const rows = models.map((one) => [
      one.model,
      shortDigest(one.version),
      one.madeAt,
      one.verdict === null ? '' : terminal.style(verdictStyle[one.verdict], one.verdict),
      one.metrics.map((metric) => `${metric.name} ${measured(metric.value)}`).join(', '),
      one.liveIn.length === 0 ? '' : terminal.style('green', `live in ${one.liveIn.join(', ')}`),
    ]);
    for (const line of rows.length === 0 ? ['No model version yet: run "tidegate run".'] : table(rows)) terminal.line(line);
  },
};
