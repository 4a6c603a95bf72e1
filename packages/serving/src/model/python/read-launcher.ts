import { readFile } from 'node:fs/promises';
import { failure, shape } from '@tidegate/formats';

/** Reads what stands before the interpreter on its command line: a file with a JSON list of texts. @throws TG-SERVING-ARGUMENTS */
export async function readLauncher(file: string | undefined): Promise<readonly string[]> {
  if (file === undefined) return [];
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw wrong(file, error.message);
  });
  const parsed = shape.parse(shape.list(shape.text()), jsonOf(text));
  if (!parsed.ok) throw wrong(file, 'it is no JSON list of texts');
  return parsed.value;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function wrong(file: string, found: string): Error {
  return failure('TG-SERVING-ARGUMENTS', `Cannot use "--launcher ${file}": ${found}`, 'Give a file such as ["nice", "-n", "19"]');
}
