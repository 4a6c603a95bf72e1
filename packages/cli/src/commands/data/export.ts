import { relative, resolve } from 'node:path';
import { exportRows, exportVersion, type RowFormat, rowFormats } from '@tidegate/core';
import { failure, shortDigest } from '@tidegate/formats';
import { bytes } from '../../render/figures.ts';
import { counted } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';
import { datasetAt } from './dataset-name.ts';
import { versionOption } from './options.ts';

export const exportVerb: Verb = {
  usage: 'export NAME[@VERSION] FOLDER [--version VERSION] [--format FORMAT]',
  options: {
    version: versionOption,
    format: {
      type: 'string',
      value: 'FORMAT',
      help: 'With "export": the rows as one file, whatever the files of the version are: parquet, csv, jsonl (default: the files as they are; of a table plain Parquet)',
    },
  },
  examples: [
    { line: 'tidegate data export images ../handed-over', does: 'the pinned version as a plain folder, which needs no Tidegate' },
    { line: 'tidegate data export sales ../for-excel --format csv', does: 'the rows of the pinned version as ../for-excel/sales.csv' },
  ],
  run: async ({ project, invocation: { terminal, json, text, cwd, signal }, words }) => {
    const [, folder = ''] = words;
    const { name, version } = datasetAt(words, text('version'));
    const request = { version, folder: resolve(cwd, folder) };
    const format = formatNamed(text('format'));
    const exported =
      format === null ? await exportVersion(project, name, request) : await exportRows(project, name, { ...request, format, signal });
    if (json) terminal.json(exported);
    terminal.line(
      `Written: ${relative(cwd, exported.folder)}: ${counted(exported.files, 'file')}, ${bytes(exported.bytes)} of data.${name}, version ${shortDigest(exported.version)}.`,
    );
  },
};

function formatNamed(word: string | undefined): RowFormat | null {
  if (word === undefined) return null;
  const format = rowFormats.find((one) => one === word);
  if (format !== undefined) return format;
  throw failure('TG-CLI-USAGE', `Cannot write rows as "${word}": that is no format of rows`, `Formats: ${rowFormats.join(', ')}`);
}
