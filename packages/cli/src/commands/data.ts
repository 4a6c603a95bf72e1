import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { compareDataset, datasetHistory, inferDataContract, listDatasets, placeDataset, type Project } from '@tidegate/core';
import { type DatasetVersion, failure, shortDigest } from '@tidegate/formats';
import type { Command, Invocation } from '../command.ts';
import { openHere } from '../open-here.ts';
import { bytes, measured, whole } from '../render/figures.ts';
import { outline } from '../render/outline.ts';
import { table } from '../render/table.ts';
import { verdictMark, verdictStyle } from '../render/words.ts';

export const command: Command = {
  name: 'data',
  summary: 'Look at datasets: versions, checks, data contracts',
  usage: '[list | show NAME | log NAME | diff NAME [OLD NEW] | contract NAME [--write FILE] | checkout NAME]',
  options: { write: { type: 'string', value: 'FILE', help: 'With "contract": write it to this file instead of printing it' } },
  examples: [
    { line: 'tidegate data', does: 'every dataset with its newest version' },
    { line: 'tidegate data show flights', does: 'columns, profile and checks' },
    { line: 'tidegate data diff flights', does: 'what changed between the last two versions' },
    {
      line: 'tidegate data contract flights --write contracts/flights.odcs.yaml',
      does: 'a data contract inferred from the newest version',
    },
    { line: 'tidegate data checkout flights', does: 'its files at their own paths, for running a script by hand' },
  ],
  run: async (invocation) => {
    const [verb = 'list', name = '', before = null, after = null] = invocation.positionals;
    using project = await openHere(invocation);
    await verbs[verb]?.({ project, invocation, name: name.replace(/^data\./, ''), before, after });
    return 0;
  },
};

interface Call {
  readonly project: Project;
  readonly invocation: Invocation;
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

const verbs: { readonly [verb: string]: (call: Call) => Promise<void> } = {
  list: async ({ project, invocation: { terminal, json } }) => {
    const datasets = await listDatasets(project);
    if (json) terminal.json(datasets);
    const rows = datasets.map(({ name, digest, version }) =>
      version === null || digest === null
        ? [name, 'no version yet: run "tidegate run"']
        : [
            name,
            terminal.style(verdictStyle[version.verdict], version.verdict),
            shortDigest(digest),
            `${whole(version.rows)} rows`,
            bytes(version.bytes),
            `${version.checks.length} checks`,
          ],
    );
    for (const line of table(rows)) terminal.line(line);
  },
  show: async ({ project, invocation: { terminal, json }, name }) => {
    const found = (await listDatasets(project)).find((one) => one.name === name);
    if (found === undefined || found.version === null)
      throw failure('TG-CLI-NOT-FOUND', `Cannot show "data.${name}": it has no version yet`, 'Run "tidegate run" first');
    if (json) terminal.json(found);
    for (const line of versionLines(found.version, terminal)) terminal.line(line);
  },
  log: async ({ project, invocation: { terminal, json }, name }) => {
    const history = await datasetHistory(project, name);
    if (json) terminal.json(history);
    for (const line of table(
      history.map((one) => [
        shortDigest(one.digest),
        one.at,
        `run ${one.run}`,
        `${whole(one.version.rows)} rows`,
        terminal.style(verdictStyle[one.version.verdict], one.version.verdict),
      ]),
    ))
      terminal.line(line);
  },
  diff: async ({ project, invocation: { terminal, json }, name, before, after }) => {
    const difference = await compareDataset(project, name, { before, after });
    if (json) terminal.json(difference);
    for (const line of outline(difference)) terminal.line(line);
  },
  contract: async ({ project, invocation, name }) => {
    const text = await inferDataContract(project, name);
    const target = invocation.text('write');
    if (target === undefined)
      return invocation.json ? invocation.terminal.json({ contract: text }) : invocation.terminal.line(text.trimEnd());
    await writeFile(resolve(invocation.cwd, target), text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST'
        ? failure('TG-CLI-USAGE', `Cannot write "${target}": it is there already`, 'Choose another file, or remove it first')
        : error;
    });
    invocation.terminal.line(`Wrote ${target}. Name it in tidegate.yaml: data: { ${name}: { …, contract: ${target} } }`);
  },
  checkout: async ({ project, invocation: { terminal, json }, name }) => {
    const paths = await placeDataset(project, name);
    if (json) terminal.json({ placed: paths });
    terminal.line(`Placed ${paths.length} files of data.${name}.`);
  },
};

function versionLines(version: DatasetVersion, terminal: Invocation['terminal']): readonly string[] {
  const cell = (value: number | string | null): string => (value === null ? '' : typeof value === 'number' ? measured(value) : value);
  const rows = version.profile.columns.map((column) => [
    column.name,
    column.type,
    whole(column.nulls),
    whole(column.distinct),
    cell(column.min),
    cell(column.quantiles?.[3] ?? null),
    cell(column.max),
  ]);
  return [
    `data.${version.dataset}: ${whole(version.rows)} rows in ${version.files} files, ${bytes(version.bytes)}, ${version.fileFormat}`,
    ...table([['column', 'type', 'nulls', 'distinct', 'min', 'median', 'max'], ...rows], { right: [2, 3, 4, 5, 6], indent: '  ' }),
    ...version.checks.map(
      (check) =>
        `  ${terminal.style(verdictStyle[check.verdict], verdictMark[check.verdict])} ${check.promise}${check.verdict === 'pass' ? '' : `: ${whole(check.failingRows)} of ${whole(check.rows)} rows break it`}`,
    ),
  ];
}
