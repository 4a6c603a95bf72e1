import { type FeatureServiceEntry, listFeatures, materialiseFeatures, placeFeatureSets } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { byVerb } from '../by-verb.ts';
import type { Command } from '../command.ts';
import { momentOf } from '../moment-of.ts';
import { refreshLines } from '../render/refresh.ts';
import { table } from '../render/table.ts';
import type { Terminal } from '../render/terminal.ts';
import { counted } from '../render/words.ts';

export const command: Command = {
  name: 'features',
  summary: 'Look at features: definitions, training sets, the online store',
  usage: '[list | get SERVICE | materialise [--at TIME] [--full]]',
  options: {
    at: {
      type: 'string',
      value: 'TIME',
      help: 'With "materialise": only what was known at this moment (ISO 8601; default: everything there is)',
    },
    full: {
      type: 'boolean',
      help: 'With "materialise": compute everything anew, and say of how many entities the online store had held something else',
    },
  },
  examples: [
    { line: 'tidegate features', does: 'every feature service with its views, columns and sets, and how fresh its features are' },
    { line: 'tidegate features get delay', does: 'its training and test set at their paths, for running a script by hand' },
    { line: 'tidegate features materialise', does: 'the newest value of each feature into the online store, from what has arrived' },
  ],
  run: byVerb({
    list: async ({ project, invocation: { terminal, json } }) => {
      const services = await listFeatures(project);
      if (json) terminal.json(services);
      if (services.length === 0) terminal.line('The project has no features: see docs/reference/features.md.');
      for (const service of services) for (const line of serviceLines(service, terminal)) terminal.line(line);
    },
    get: async ({ project, invocation: { terminal, json }, words: [service = ''] }) => {
      const paths = await placeFeatureSets(project, service.replace(/^features\./, ''));
      if (json) terminal.json({ placed: paths });
      terminal.line(`Placed ${paths.join(', ')}.`);
    },
    materialise: async ({ project, invocation: { terminal, json, text, flag, signal } }) => {
      const done = await materialiseFeatures(project, { at: momentOf('at', text('at')), full: flag('full'), signal });
      if (json) terminal.json(done);
      if (done.upToDate) terminal.line('The online store is up to date.');
      for (const line of refreshLines(done)) terminal.line(line);
    },
  }),
};

function serviceLines({ name, record, online }: FeatureServiceEntry, { style }: Pick<Terminal, 'style'>): readonly string[] {
  const title = style('bold', `features.${name}`);
  if (record === null) return [`${title}: no sets yet, run "tidegate run"`];
  const { service, train, test } = record;
  const views = service.views.map((view) => [
    view.name,
    `by ${view.keys.join(', ')}`,
    `version ${shortDigest(view.version)}`,
    view.features.map((feature) => feature.name).join(', '),
  ]);
  const request = ['request', '', '', service.request.map((field) => field.name).join(', ')];
  return [
    `${title}: training set ${counted(train.rows, 'row')}, test set ${counted(test.rows, 'row')}`,
    ...table([...views, request], { indent: '  ' }),
    ...online.map(
      ({ view, asOf, newestEvent, lateRows }) =>
        `  online: ${view} as of ${asOf ?? 'no moment'}, newest event ${newestEvent ?? 'none'}${lateRows > 0 ? `, ${counted(lateRows, 'late row')}` : ''}`,
    ),
  ];
}
