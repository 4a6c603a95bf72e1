import { dirname } from 'node:path';
import { failure } from '@tidegate/formats';
import { capture } from '../../../../platform/index.ts';
import { panderaScript } from './script.ts';

export interface PanderaPlace {
  /** Path of the Python that has Pandera. */
  readonly python: string;
  /** Path of the Python file. */
  readonly path: string;
  /** Its name in messages. */
  readonly file: string;
  /** The schema or model in it. */
  readonly name: string;
}

/** What a schema in a Python file says, as JSON. @throws TG-DATA-CONTRACT-FOREIGN when Python cannot tell it */
export async function readPandera({ python, path, file, name }: PanderaPlace): Promise<string> {
  const { code, stdout, stderr } = await capture([python, '-c', panderaScript, path, name], { cwd: dirname(path) });
  if (code === 0) return stdout;
  const lines = stderr.trim().split('\n');
  const own = lines.find((line) => line.startsWith('TIDEGATE: '))?.slice('TIDEGATE: '.length);
  const last = (own ?? lines.at(-1) ?? `it ended with ${code}`).replaceAll('"', "'");
  const hint = last.includes("No module named 'pandera'")
    ? 'Add pandera to the requirements of the project ("python: { requirements: … }"), or call Tidegate with the Python that has it on PATH'
    : 'Run the file by itself, and correct what Python says of it';
  throw failure('TG-DATA-CONTRACT-FOREIGN', `Cannot read the Pandera schema "${name}" of "${file}": ${last}`, hint);
}
