import { resolve } from 'node:path';
import { importDvc, importFiles, isDvcFile } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { whole } from '../../render/figures.ts';
import { fileProgress } from '../../render/file-progress.ts';
import { counted } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';
import { datasetName } from './dataset-name.ts';
import { dryRunOption } from './options.ts';

export const importVerb: Verb = {
  usage: 'import NAME FROM [--dry-run]',
  options: { 'dry-run': dryRunOption },
  examples: [
    {
      line: 'tidegate data import images ~/Downloads/cats',
      does: 'copies a folder or a file to where the dataset has its files, and adds it',
    },
    {
      line: 'tidegate data import sales ../handed-over',
      does: 'into a table also rows of other files than it is read from, such as those of an export: they become one file of its format',
    },
    {
      line: 'tidegate data import images data/images.dvc',
      does: 'takes over what DVC keeps, out of the working tree or its cache, each file held against its MD5; also out of a dvc.lock',
    },
  ],
  run: async ({ project, invocation: { terminal, json, flag, cwd, signal }, words }) => {
    const [, word = ''] = words;
    const [name, from, dryRun] = [datasetName(words), resolve(cwd, word), flag('dry-run')];
    const options = { from, dryRun, signal, onProgress: fileProgress(terminal, `data.${name}`) };
    const imported = isDvcFile(from) ? await importDvc(project, name, options) : await importFiles(project, name, options);
    if (json) terminal.json(imported);
    const { paths, copied, rows, added } = imported;
    const here = copied === paths.length ? '' : `, ${whole(paths.length - copied)} in place already`;
    const what = rows === null ? counted(paths.length, 'file') : `${counted(rows, 'row')} as ${paths.join(', ')}`;
    terminal.line(`${dryRun ? 'Would import' : 'Imported'} ${what} into data.${name}${here}.`);
    if (added === null) return;
    const others = added.files - paths.length;
    if (others > 0) terminal.line(`The dataset has ${counted(others, 'file')} besides.`);
    terminal.line(`Added: ${shortDigest(added.tree)}. "tidegate data commit ${name}" makes a version of it.`);
  },
};
