import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { compareDataset, datasetHistory, inferDataContract, listDatasets, newestDataset, placeDataset } from '@tidegate/core';
import { failure, shortDigest } from '@tidegate/formats';
import { byVerb } from '../by-verb.ts';
import type { Command } from '../command.ts';
import { datasetLines } from '../render/dataset-view.ts';
import { bytes } from '../render/figures.ts';
import { outline } from '../render/outline.ts';
import { table } from '../render/table.ts';
import { counted, verdictStyle } from '../render/words.ts';

export const command: Command = {
  name: 'data',
  summary: 'Look at datasets: versions, checks, data contracts',
  usage: '[list | show NAME | log NAME | diff NAME [OLD NEW] | contract NAME [--write FILE] | checkout NAME [VERSION] [--force]]',
  options: {
    write: { type: 'string', value: 'FILE', help: 'With "contract": write it to this file instead of printing it' },
    force: { type: 'boolean', help: 'With "checkout": write over files with changes that no version has' },
  },
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
  run: byVerb({
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
              counted(version.rows, 'row'),
              bytes(version.bytes),
              counted(version.checks.length, 'check'),
            ],
      );
      for (const line of rows.length === 0 ? ['The project has no data: see "data:" in docs/reference/tidegate-yaml.md.'] : table(rows))
        terminal.line(line);
    },
    show: async ({ project, invocation: { terminal, json }, words }) => {
      const found = await newestDataset(project, datasetName(words));
      if (json) terminal.json(found);
      for (const line of datasetLines(found.version, found, terminal)) terminal.line(line);
    },
    log: async ({ project, invocation: { terminal, json }, words }) => {
      const history = await datasetHistory(project, datasetName(words));
      if (json) terminal.json(history);
      for (const line of table(
        history.map((one) => [
          shortDigest(one.digest),
          one.at,
          `run ${one.run}`,
          counted(one.version.rows, 'row'),
          terminal.style(verdictStyle[one.version.verdict], one.version.verdict),
        ]),
      ))
        terminal.line(line);
    },
    diff: async ({ project, invocation: { terminal, json }, words }) => {
      const [, before = null, after = null] = words;
      const difference = await compareDataset(project, datasetName(words), { before, after });
      if (json) terminal.json(difference);
      for (const line of outline(difference)) terminal.line(line);
    },
    contract: async ({ project, invocation: { terminal, json, text, cwd }, words }) => {
      const name = datasetName(words);
      const contract = await inferDataContract(project, name);
      const target = text('write');
      if (target === undefined) return json ? terminal.json({ contract }) : terminal.line(contract.trimEnd());
      await writeNewFile(resolve(cwd, target), contract);
      if (json) terminal.json({ contract, written: resolve(cwd, target) });
      terminal.line(`Wrote ${target}. Name it in tidegate.yaml: data: { ${name}: { …, contract: ${target} } }`);
    },
    checkout: async ({ project, invocation: { terminal, json, flag }, words }) => {
      const [, version = null] = words;
      const name = datasetName(words);
      const placed = await placeDataset(project, name, { version, force: flag('force') });
      if (json) terminal.json(placed);
      terminal.line(`Placed ${counted(placed.paths.length, 'file')} of data.${name}, version ${shortDigest(placed.version)}.`);
    },
  }),
};

function datasetName([name = '']: readonly string[]): string {
  return name.replace(/^data\./, '');
}

/** @throws TG-CLI-USAGE when something is there already, or it cannot be written there */
async function writeNewFile(path: string, content: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const found = code === 'EEXIST' ? 'it is there already' : message;
    throw failure('TG-CLI-USAGE', `Cannot write "${path}": ${found}`, 'Choose another file, or move away what is in its place', error);
  }
}
