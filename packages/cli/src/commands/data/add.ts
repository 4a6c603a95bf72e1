import {
  addDataset,
  type AddedDataset,
  type AddedFilesOnto,
  type AddedRowsOnto,
  addOnto,
  type Project,
  type ReadSource,
  readSource,
} from '@tidegate/core';
import { failure, shortDigest } from '@tidegate/formats';
import { resolve } from 'node:path';
import type { Invocation } from '../../command.ts';
import { bytes, whole } from '../../render/figures.ts';
import { fileProgress } from '../../render/file-progress.ts';
import { leftOutLines } from '../../render/left-out-view.ts';
import { readSourceLines, sourceProgress } from '../../render/read-source-view.ts';
import { counted } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';
import { datasetName } from './dataset-name.ts';
import { datasetNames } from './dataset-names.ts';
import { dryRunOption } from './options.ts';

export const add: Verb = {
  usage: 'add [NAME…] [--dry-run] | add NAME --onto VERSION [FILE…] [--at FOLDER] [--remove PATH]… [--replace] [--dry-run]',
  options: {
    onto: {
      type: 'string',
      value: 'VERSION',
      help: 'add: change this version ("pinned", a digest, a commit, branch or tag) without having its files here',
    },
    at: { type: 'string', value: 'FOLDER', help: 'add --onto: where the files are put in the version, relative to the project' },
    remove: {
      type: 'string',
      value: 'PATH',
      multiple: true,
      help: 'add --onto: take this file or folder out of the version, or this partition of a table, before anything goes in',
    },
    replace: { type: 'boolean', help: 'add --onto: of a table, partitions that rows go into have only these afterwards' },
    'dry-run': dryRunOption,
  },
  examples: [
    { line: 'tidegate data add images', does: 'stores its files as they are now; what is known by its stat is not read again' },
    {
      line: 'tidegate data add weather',
      does: 'reads a dataset that comes from a database: what has changed since, where the source can say',
    },
    {
      line: 'tidegate data add images --onto pinned ~/new.png --at data/images/cats',
      does: 'one file more than the pinned version has, whose other files need not be here',
    },
  ],
  run: async ({ project, invocation, words }) => {
    if (invocation.text('onto') !== undefined) return addFilesOnto(project, invocation, words);
    const { terminal, json, flag, signal } = invocation;
    refuseWithoutOnto(invocation);
    const all: AddedDataset[] = [];
    const read: ReadSource[] = [];
    for (const name of datasetNames(project, words))
      if (project.config.data[name]?.from.source !== undefined) {
        if (flag('dry-run')) terminal.line(`data.${name}: would be read from its source.`);
        else read.push(await readSource(project, name, { signal, progress: sourceProgress(terminal, `data.${name}`) }));
      } else
        all.push(
          await addDataset(project, name, {
            dryRun: flag('dry-run'),
            signal,
            onProgress: fileProgress(terminal, `data.${name}`),
          }),
        );
    if (json) terminal.json([...all, ...read]);
    for (const one of read) for (const line of readSourceLines(one, terminal)) terminal.line(line);
    for (const { dataset, tree, files, bytes: size, read: count, isNew, instead, leftOut } of all) {
      terminal.line(
        `data.${dataset}: ${counted(files, 'file')}, ${bytes(size)}, ${whole(count)} read; ${isNew ? shortDigest(tree) : 'nothing new'}.`,
      );
      for (const line of leftOutLines(leftOut)) terminal.line(line);
      if (instead !== null) terminal.line(sentenceOfInstead(instead));
    }
  },
};

async function addFilesOnto(project: Project, invocation: Invocation, words: readonly string[]): Promise<void> {
  const { terminal, json, flag, text, texts, cwd, signal } = invocation;
  const [, ...files] = words;
  const [dataset, remove] = [datasetName(words), texts('remove')];
  if (files.length + remove.length === 0)
    throw failure(
      'TG-CLI-USAGE',
      'Cannot add onto a version: it is not said what is to be different',
      'Name files that go in, or paths that come out: --remove PATH',
    );
  const onto = text('onto') ?? 'pinned';
  const added = await addOnto(project, dataset, {
    version: onto === 'pinned' ? null : onto,
    from: files.map((file) => resolve(cwd, file)),
    at: text('at') ?? null,
    remove,
    replace: flag('replace'),
    dryRun: flag('dry-run'),
    signal,
    onProgress: fileProgress(terminal, `data.${dataset}`),
  });
  if (json) terminal.json(added);
  else {
    terminal.line(added.unit === 'row' ? sentenceOfRows(added, flag('dry-run')) : sentenceOf(added, flag('dry-run')));
    for (const line of leftOutLines(added.leftOut)) terminal.line(line);
    if (added.instead !== null) terminal.line(sentenceOfInstead(added.instead));
  }
}

function sentenceOf({ dataset, onto, tree, files, bytes: size, put, gone, isNew }: AddedFilesOnto, dryRun: boolean): string {
  const replaced = gone.filter((path) => put.includes(path)).length;
  const what = [
    `${whole(put.length - replaced)} new`,
    ...(replaced > 0 ? [`${whole(replaced)} replaced`] : []),
    ...(gone.length > replaced ? [`${whole(gone.length - replaced)} taken out`] : []),
  ];
  const next = isNew ? `${shortDigest(tree)}; tidegate data commit ${dataset} makes a version of it` : 'nothing new';
  return `data.${dataset} onto version ${shortDigest(onto)}: ${what.join(', ')}; ${counted(files, 'file')}, ${bytes(size)}; ${dryRun ? 'nothing was stored' : next}.`;
}

function sentenceOfRows({ dataset, onto, tree, put, forgotten, before, rows, partitions, isNew }: AddedRowsOnto, dryRun: boolean): string {
  const what = `data.${dataset} onto version ${shortDigest(onto)}: ${counted(put, 'row')} to put in${forgotten === 0 ? '' : `, ${whole(forgotten)} left out that were forgotten`}`;
  if (dryRun) return `${what}; nothing was stored.`;
  const where =
    partitions.length === 0 ? '' : `, in ${partitions.length > 3 ? counted(partitions.length, 'partition') : partitions.join(', ')}`;
  const next = isNew ? `${shortDigest(tree)}; tidegate data commit ${dataset} makes a version of it` : 'nothing new';
  return `${what}${where}; ${whole(rows)} rows in all, ${whole(before)} before; ${next}.`;
}

function sentenceOfInstead({ onto, files }: NonNullable<AddedFilesOnto['instead']>): string {
  const from = onto === null ? 'from the working tree' : `onto version ${shortDigest(onto)}`;
  return `  What was added before, ${counted(files, 'file')} ${from}, is in no version and not in this: commit first to have both.`;
}

function refuseWithoutOnto({ text, texts, flag }: Invocation): void {
  const named = text('at') !== undefined ? 'at' : texts('remove').length > 0 ? 'remove' : flag('replace') ? 'replace' : null;
  if (named === null) return;
  throw failure(
    'TG-CLI-USAGE',
    `Cannot use "--${named}" here: it says how a version is changed, and none is named`,
    'Name it: --onto pinned, or --onto with a digest, commit, branch or tag',
  );
}
