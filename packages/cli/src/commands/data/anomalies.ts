import { datasetAnomalies, sayFine } from '@tidegate/core';
import { failure, shortDigest } from '@tidegate/formats';
import { anomalyLines } from '../../render/anomalies-view.ts';
import type { Verb } from '../../verb.ts';
import { datasetAt } from './dataset-name.ts';

export const anomalies: Verb = {
  usage: 'anomalies NAME[@VERSION] [--fine VERSION | --not-fine VERSION] [--measure MEASURE] [--reason TEXT]',
  options: {
    fine: {
      type: 'string',
      value: 'VERSION',
      help: 'With "anomalies": what is unusual about this version is fine; it is a part of the past from now on',
    },
    'not-fine': { type: 'string', value: 'VERSION', help: 'With "anomalies": takes back that it is fine' },
    measure: { type: 'string', value: 'MEASURE', help: 'With "anomalies": only this measure of the version is fine: rows, delay.mean' },
    reason: { type: 'string', value: 'TEXT', help: 'With "anomalies": why it is fine' },
  },
  examples: [
    {
      line: 'tidegate data anomalies flights',
      does: 'what looks unusual about the newest version, beside those before it, and what cannot be seen yet',
    },
    {
      line: 'tidegate data anomalies flights --fine 3f9ac0d1 --measure rows --reason "a new airport"',
      does: 'says that the number of rows of that version is fine, so that it does not count as unusual any more',
    },
  ],
  run: async ({ project, invocation: { terminal, json, text }, words }) => {
    const { name, version } = datasetAt(words, undefined);
    const [fine, notFine] = [text('fine'), text('not-fine')];
    const said = fine ?? notFine;
    if (said === undefined) {
      refuseWithout(text('measure') ?? text('reason'));
      const found = await datasetAnomalies(project, name, version);
      if (json) terminal.json(found);
      for (const line of anomalyLines(found, terminal)) terminal.line(line);
      return;
    }
    if (fine !== undefined && notFine !== undefined)
      throw failure('TG-CLI-USAGE', 'Cannot say of versions that they are fine and are not', 'Leave out "--fine" or "--not-fine"');
    const note = await sayFine(project, {
      dataset: name,
      version: said,
      measure: text('measure') ?? null,
      isFine: fine !== undefined,
      reason: text('reason') ?? null,
    });
    if (json) terminal.json({ note });
    if (note === null) terminal.line('That is what was said last: nothing was noted.');
    else
      terminal.line(
        `Noted of ${shortDigest(note.version)}: ${note.measure ?? 'all of it'} ${note.isFine ? 'is fine' : 'is no longer said to be fine'}`,
      );
  },
};

function refuseWithout(option: string | undefined): void {
  if (option !== undefined)
    throw failure(
      'TG-CLI-USAGE',
      `Cannot take "${option}": it says something of a version, and no version is named`,
      'Add "--fine VERSION"',
    );
}
