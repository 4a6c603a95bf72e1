import { listModels, modelLineage } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { byVerb } from '../by-verb.ts';
import type { Command } from '../command.ts';
import { measured } from '../render/figures.ts';
import { outline } from '../render/outline.ts';
import { table } from '../render/table.ts';
import { verdictStyle } from '../render/words.ts';

export const command: Command = {
  name: 'models',
  summary: 'Look at model versions, their metrics and where they come from',
  usage: '[list | lineage VERSION]',
  options: {},
  examples: [
    { line: 'tidegate models', does: 'every model version with its metrics, verdict and where it is live' },
    { line: 'tidegate models lineage 3f2a9c1d', does: 'the code, data versions and packages that made it' },
  ],
  run: byVerb({
    list: async ({ project, invocation: { terminal, json } }) => {
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
    lineage: async ({ project, invocation: { terminal, json }, words: [version = ''] }) => {
      const lineage = await modelLineage(project, version);
      if (json) terminal.json(lineage);
      for (const line of outline(lineage)) terminal.line(line);
    },
  }),
};
