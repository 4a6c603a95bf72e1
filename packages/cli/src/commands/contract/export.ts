import { resolve } from 'node:path';
import { type Exported, exportContractFile, exportKinds, findProjectRoot } from '@tidegate/core';
import { failure } from '@tidegate/formats';
import type { Invocation } from '../../command.ts';
import { openHere } from '../../open-here.ts';
import { harmless, type Terminal } from '../../render/terminal.ts';
import { counted } from '../../render/words.ts';
import type { VerbAnywhere } from '../../verb.ts';
import { writeNewFile } from '../write-new-file.ts';
import { oneOfKinds } from './one-of-kinds.ts';

export const exportVerb: VerbAnywhere = {
  usage: 'export NAME|FILE [--to KIND] [--object NAME] [--write FILE]',
  options: {
    to: { type: 'string', value: 'KIND', help: `export: what to make: ${exportKinds.join(', ')}` },
    object: { type: 'string', value: 'NAME', help: 'export: which object of the data contract, when it describes several' },
    write: { type: 'string', value: 'FILE', help: 'Write to this file instead of printing' },
  },
  examples: [
    { line: 'tidegate contract export flights --to postgres', does: 'CREATE TABLE with every promise that a constraint can hold' },
    {
      line: 'tidegate contract export contracts/flights.odcs.yaml --to json-schema --write flights.schema.json',
      does: 'a JSON Schema of a row, of a data contract by its file',
    },
  ],
  run: async ({ invocation, words }) => {
    const { terminal, json, text, cwd } = invocation;
    const [word = ''] = words;
    const to = oneOfKinds('to', text('to'), exportKinds);
    if (to === null)
      throw failure(
        'TG-CLI-USAGE',
        `Cannot export "${word}": "--to KIND" is missing`,
        'For example: tidegate contract export flights --to postgres',
      );
    const exported = await exportContractFile(await placeOf(word, invocation), to);
    const target = text('write');
    if (target !== undefined) await writeNewFile(resolve(cwd, target), exported.text);
    if (json)
      terminal.json({ to, text: exported.text, notSaid: exported.notSaid, written: target === undefined ? null : resolve(cwd, target) });
    else if (target === undefined) terminal.line(exported.text.trimEnd());
    else terminal.line(`Wrote ${harmless(target)}.`);
    if (!json) tellNotSaid(exported, terminal);
  },
};

/** The file of the data contract: of a dataset by its name, or as it is given. */
async function placeOf(
  word: string,
  invocation: Invocation,
): Promise<{ readonly path: string; readonly file: string; readonly object: string | null }> {
  const { cwd, text } = invocation;
  const object = text('object') ?? null;
  const name = word.replace(/^data\./, '');
  if (!/[./\\]/.test(name) && (await findProjectRoot(cwd)) !== null) {
    using project = await openHere(invocation);
    const dataset = project.config.data[name];
    if (dataset !== undefined) {
      if (dataset.contract === null)
        throw failure(
          'TG-CLI-NOT-FOUND',
          `Cannot export "data.${name}": it has no data contract`,
          `Make one: tidegate data infer ${name} --write FILE`,
        );
      return { path: resolve(project.root, dataset.contract), file: dataset.contract, object: object ?? name };
    }
  }
  return { path: resolve(cwd, word), file: word, object };
}

/** On the other stream, so that the document can be piped. */
function tellNotSaid({ notSaid }: Exported, terminal: Terminal): void {
  if (notSaid.length === 0) return;
  terminal.error(`${counted(notSaid.length, 'promise')} not in it:`);
  for (const { column, what, why } of notSaid)
    terminal.error(`  ${terminal.style('red', '✗')} ${harmless(column === null ? what : `${column}: ${what}`)}: ${harmless(why)}`);
}
