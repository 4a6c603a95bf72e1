import { findByName } from '@tidegate/core';
import type { Command } from '../command.ts';
import { openHere } from '../open-here.ts';
import { outline } from '../render/outline.ts';

export const command: Command = {
  name: 'show',
  summary: 'Show anything by its name: a dataset, feature view, step, model, release, run or digest',
  usage: 'NAME',
  options: {},
  examples: [
    { line: 'tidegate show data.flights', does: 'the newest version of a dataset: schema, profile, checks' },
    { line: 'tidegate show features.weather', does: 'a feature view: its SQL, and what each service that joins it found there' },
    { line: 'tidegate show models.delay', does: 'the newest version of a model and its evaluation' },
    { line: 'tidegate show production', does: 'what was live in an environment, when and why' },
    { line: 'tidegate show 3f2a9c1d', does: 'an object by the first digits of its digest' },
  ],
  run: async (invocation) => {
    const [name = ''] = invocation.positionals;
    using project = await openHere(invocation);
    const found = await findByName(project, name);
    const { terminal } = invocation;
    if (invocation.json) terminal.json(found);
    terminal.line(`${terminal.style('bold', name)} (${found.kind})`);
    for (const line of outline(found.record)) terminal.line(`  ${line}`);
    return 0;
  },
};
