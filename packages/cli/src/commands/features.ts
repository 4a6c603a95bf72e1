import { listFeatures, materialiseFeatures, placeFeatureSets } from '@tidegate/core';
import { failure, shortDigest } from '@tidegate/formats';
import type { Command } from '../command.ts';
import { openHere } from '../open-here.ts';
import { whole } from '../render/figures.ts';
import { table } from '../render/table.ts';

export const command: Command = {
  name: 'features',
  summary: 'Look at features: definitions, training sets, the online store',
  usage: '[list | get SERVICE | materialise [--at TIME]]',
  options: {
    at: {
      type: 'string',
      value: 'TIME',
      help: 'With "materialise": only what was known at this moment (ISO 8601; default: everything there is)',
    },
  },
  examples: [
    { line: 'tidegate features', does: 'every feature service with its views, columns and sets' },
    { line: 'tidegate features get delay', does: 'its training and test set at their paths, for running a script by hand' },
    { line: 'tidegate features materialise', does: 'the newest value of each feature into the online store' },
  ],
  run: async (invocation) => {
    const [verb = 'list', name = ''] = invocation.positionals;
    const { terminal } = invocation;
    using project = await openHere(invocation);
    if (verb === 'list') {
      const services = await listFeatures(project);
      if (invocation.json) terminal.json(services);
      for (const { name: service, record } of services) {
        terminal.line(
          terminal.style('bold', `features.${service}`) +
            (record === null
              ? ': no sets yet, run "tidegate run"'
              : `: training set ${whole(record.train.rows)} rows, test set ${whole(record.test.rows)} rows`),
        );
        if (record === null) continue;
        const rows = record.service.views.map((view) => [
          view.name,
          `by ${view.keys.join(', ')}`,
          `version ${shortDigest(view.version)}`,
          view.features.map((feature) => feature.name).join(', '),
        ]);
        for (const line of table([...rows, ['request', '', '', record.service.request.map((field) => field.name).join(', ')]], {
          indent: '  ',
        }))
          terminal.line(line);
      }
      return 0;
    }
    if (verb === 'get') {
      const paths = await placeFeatureSets(project, name.replace(/^features\./, ''));
      if (invocation.json) terminal.json({ placed: paths });
      terminal.line(`Placed ${paths.join(', ')}.`);
      return 0;
    }
    const views = await materialiseFeatures(project, { at: momentOf(invocation.text('at')), signal: invocation.signal });
    if (invocation.json) terminal.json(views);
    for (const view of views) terminal.line(`${view.view}: ${whole(view.keys)} keys in the online store.`);
    return 0;
  },
};

function momentOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw failure('TG-CLI-USAGE', `Cannot read the moment "${text}": it is no ISO 8601 time`, 'For example: --at 2013-09-01T00:00:00Z');
  return at;
}
