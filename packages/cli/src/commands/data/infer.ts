import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { inferDataContract, type Project, proposeContractUpdate, writeContractUpdate } from '@tidegate/core';
import { failure, type Json, type JsonObject } from '@tidegate/formats';
import type { Invocation } from '../../command.ts';
import { contractUpdateLines } from '../../render/contract-update-view.ts';
import type { Verb } from '../../verb.ts';
import { writeNewFile } from '../write-new-file.ts';
import { datasetName } from './dataset-name.ts';
import { dryRunOption } from './options.ts';

export const infer: Verb = {
  makesContract: true,
  usage: 'infer NAME [--write FILE] [--update] [--yes] [--dry-run]',
  options: {
    write: { type: 'string', value: 'FILE', help: 'With "infer": write the data contract to this file instead of printing it' },
    update: {
      type: 'boolean',
      help: 'With "infer": say what of the data contract it has inference would write otherwise today, and change that and nothing else',
    },
    yes: { type: 'boolean', help: 'With "infer --update": asks nothing' },
    'dry-run': dryRunOption,
  },
  examples: [
    {
      line: 'tidegate data infer flights --write contracts/flights.odcs.yaml',
      does: 'a data contract inferred from the rows there are',
    },
    { line: 'tidegate data infer flights --update', does: 'shows what the rows there are say otherwise, and asks whether to change it' },
  ],
  run: async ({ project, invocation, words }) => {
    const name = datasetName(words);
    const { flag, text } = invocation;
    if (flag('update')) return update(project, name, invocation);
    const { terminal, json, cwd, signal } = invocation;
    const { text: inferred } = await inferDataContract(project, name, { signal, emit: () => {} });
    const target = text('write');
    if (target === undefined || flag('dry-run')) return json ? terminal.json({ contract: inferred }) : terminal.line(inferred.trimEnd());
    await writeNewFile(resolve(cwd, target), inferred, `Choose another file, or change it by "tidegate data infer ${name} --update"`);
    if (json) terminal.json({ contract: inferred, written: resolve(cwd, target) });
    terminal.line(
      namesContract(project.source.value, name)
        ? `Wrote ${target}.`
        : `Wrote ${target}. Name it in tidegate.yaml: data: { ${name}: { …, contract: ${target} } }`,
    );
  },
};

/** Whether `tidegate.yaml` names a data contract of the dataset, which may have been missing. */
function namesContract(file: Json, dataset: string): boolean {
  const memberOf = (value: Json | undefined, name: string): Json | undefined =>
    value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject)[name] : undefined;
  return memberOf(memberOf(memberOf(file, 'data'), dataset), 'contract') !== undefined;
}

async function update(project: Project, name: string, { terminal, json, flag, text, signal }: Invocation): Promise<number> {
  if (text('write') !== undefined)
    throw failure(
      'TG-CLI-USAGE',
      'Cannot use "--write" with "--update": it is the file of the data contract that is changed',
      'Leave one of them out',
    );
  const proposed = await proposeContractUpdate(project, name, { signal, emit: () => {} });
  const isNothing = proposed.changes.length === 0;
  if (!json) for (const line of contractUpdateLines(proposed, terminal)) terminal.line(line);
  const isWanted = !isNothing && !flag('dry-run') && (flag('yes') || (await isAgreed({ terminal, json, signal }, proposed.file)));
  if (isWanted) await writeContractUpdate(project, proposed);
  if (json) terminal.json({ ...proposed, isWritten: isWanted });
  if (isWanted) terminal.line(`Changed ${proposed.file}.`);
  return isNothing || isWanted || flag('dry-run') ? 0 : 1;
}

/** @throws TG-CLI-USAGE where nobody can answer */
async function isAgreed({ terminal, json, signal }: Pick<Invocation, 'terminal' | 'json' | 'signal'>, file: string): Promise<boolean> {
  if (json || !terminal.interactive || !process.stdin.isTTY)
    throw failure(
      'TG-CLI-USAGE',
      `Cannot change "${file}": nobody is there to be asked`,
      'Look with "--dry-run" first, then write "--yes"',
    );
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question(`Change ${file}? [y/N] `, { signal })).trim());
  } finally {
    asking.close();
  }
}
