import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { inferDataContract } from '@tidegate/core';
import { failure } from '@tidegate/formats';
import type { Verb } from '../../verb.ts';
import { datasetName } from './dataset-name.ts';

export const infer: Verb = {
  usage: 'infer NAME [--write FILE]',
  options: { write: { type: 'string', value: 'FILE', help: 'With "infer": write the data contract to this file instead of printing it' } },
  examples: [
    {
      line: 'tidegate data infer flights --write contracts/flights.odcs.yaml',
      does: 'a data contract inferred from the rows there are',
    },
  ],
  run: async ({ project, invocation: { terminal, json, text, cwd, signal }, words }) => {
    const name = datasetName(words);
    const { text: inferred } = await inferDataContract(project, name, { signal, emit: () => {} });
    const target = text('write');
    if (target === undefined) return json ? terminal.json({ contract: inferred }) : terminal.line(inferred.trimEnd());
    await writeNewFile(resolve(cwd, target), inferred);
    if (json) terminal.json({ contract: inferred, written: resolve(cwd, target) });
    terminal.line(`Wrote ${target}. Name it in tidegate.yaml: data: { ${name}: { …, contract: ${target} } }`);
  },
};

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
