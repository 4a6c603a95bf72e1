import { resolve } from 'node:path';
import { type ContractImport, findProjectRoot, foreignKinds, importContractFile, importPanderaSchema } from '@tidegate/core';
import { failure } from '@tidegate/formats';
import type { Invocation } from '../../command.ts';
import { openHere } from '../../open-here.ts';
import { harmless, type Terminal } from '../../render/terminal.ts';
import { counted } from '../../render/words.ts';
import type { VerbAnywhere } from '../../verb.ts';
import { writeNewFile } from '../write-new-file.ts';
import { oneOfKinds } from './one-of-kinds.ts';

export const importVerb: VerbAnywhere = {
  usage: 'import FILE [--from KIND] [--name NAME] [--write FILE]',
  options: {
    from: { type: 'string', value: 'KIND', help: `import: what the file is, when it does not tell itself: ${foreignKinds.join(', ')}` },
    name: { type: 'string', value: 'NAME', help: 'import: name of the dataset (default: that of the file)' },
    write: { type: 'string', value: 'FILE', help: 'Write to this file instead of printing' },
  },
  examples: [
    {
      line: 'tidegate contract import suites/flights.json --write contracts/flights.odcs.yaml',
      does: 'a data contract of a suite of Great Expectations',
    },
    { line: 'tidegate contract import models/schema.yml --from dbt', does: 'one of the tests and contracts of dbt models' },
    { line: 'tidegate contract import schemas.py:Flights --from pandera', does: "one of a Pandera schema, told by the project's Python" },
  ],
  run: async ({ invocation, words }) => {
    const { terminal, json, text, cwd } = invocation;
    const [file = ''] = words;
    const imported = await importedFrom(file, invocation);
    const target = text('write');
    const { from, notTaken } = imported;
    if (target !== undefined) await writeNewFile(resolve(cwd, target), imported.text);
    if (json) terminal.json({ from, contract: imported.text, notTaken, written: target === undefined ? null : resolve(cwd, target) });
    else if (target === undefined) terminal.line(imported.text.trimEnd());
    else terminal.line(`Wrote ${harmless(target)}. Look it over with: tidegate contract lint ${harmless(target)}`);
    if (!json) tellNotTaken(imported, terminal);
  },
};

async function importedFrom(file: string, invocation: Invocation): Promise<ContractImport> {
  const { text, cwd, signal, terminal } = invocation;
  const from = oneOfKinds('from', text('from'), foreignKinds);
  const name = text('name') ?? null;
  const [, python, schema] = /^(.+\.py):([^:/\\]+)$/.exec(file) ?? [];
  if (python === undefined || schema === undefined) {
    if (from === 'pandera' && file.endsWith('.py'))
      throw failure(
        'TG-CLI-USAGE',
        `Cannot import "${file}": nothing says which schema`,
        `For example: tidegate contract import ${file}:Schema`,
      );
    return importContractFile({ path: resolve(cwd, file), file, from, name });
  }
  if (from !== null && from !== 'pandera')
    throw failure(
      'TG-CLI-USAGE',
      `Cannot import "${file}" from ${from}: it is a schema in a Python file`,
      'Leave out "--from", or write "--from pandera"',
    );
  const request = { path: resolve(cwd, python), file: python, schema, name };
  const options = { signal, onBuild: (doing: string) => terminal.error(`… virtual environment: ${doing}`) };
  if ((await findProjectRoot(cwd)) === null) return importPanderaSchema(null, request, options);
  using project = await openHere(invocation);
  return await importPanderaSchema(project, request, options);
}

/** On the other stream, so that the document can be piped. */
function tellNotTaken({ notTaken }: ContractImport, terminal: Terminal): void {
  if (notTaken.length === 0) return;
  terminal.error(`${counted(notTaken.length, 'statement')} not taken over as they are:`);
  for (const { object, column, what, why, isNearly } of notTaken) {
    const place = [object, column].filter((one) => one !== null).join('.');
    const mark = isNearly ? terminal.style('yellow', '~') : terminal.style('red', '✗');
    terminal.error(`  ${mark} ${harmless(place === '' ? what : `${place}: ${what}`)}`);
    terminal.error(`      ${harmless(why)}`);
  }
}
