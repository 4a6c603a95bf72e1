import { datasetToShow, describeFile } from '@tidegate/core';
import { datasetLines } from '../../render/dataset-view.ts';
import { fileLines } from '../../render/file-view.ts';
import type { Verb } from '../../verb.ts';
import { datasetName } from './dataset-name.ts';

export const show: Verb = {
  usage: 'show NAME [--file PATH]',
  options: {
    file: {
      type: 'string',
      value: 'PATH',
      help: 'With "show": schema and statistics of this Parquet file of the pinned version; where it is not here its footer alone is fetched',
    },
  },
  examples: [
    { line: 'tidegate data show flights', does: 'columns, profile and checks' },
    { line: 'tidegate data show flights.quarantine', does: 'the rows that were put aside last: how many, why, and their columns' },
    {
      line: 'tidegate data show flights --file data/flights/2013-01.parquet',
      does: 'what the footer of that file says, wherever the file is',
    },
  ],
  run: async ({ project, invocation: { terminal, json, text, signal }, words }) => {
    const file = text('file');
    if (file !== undefined) {
      const described = await describeFile(project, datasetName(words), file);
      if (json) terminal.json(described);
      for (const line of fileLines(described)) terminal.line(line);
      return;
    }
    const found = await datasetToShow(project, datasetName(words), signal);
    if (json) terminal.json(found);
    for (const line of datasetLines(found.version, found, terminal)) terminal.line(line);
  },
};
