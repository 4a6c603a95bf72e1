import { type Digest, digestOfHex, failure, type Json, parseRemoteNeeds, type RemoteNeeds } from '@tidegate/formats';
import type { Abortable, ListedFile, RemoteFiles } from '../remote-files.ts';

/** Every record of a remote, by its sort: `needs`, `releases`, `results`, … */
export async function listRecords(files: RemoteFiles, options: Abortable): Promise<ReadonlyMap<string, readonly ListedFile[]>> {
  const all: ListedFile[] = [];
  for await (const file of files.list('records/', options)) all.push(file);
  return Map.groupBy(all, ({ name }) => name.split('/')[1] ?? '');
}

/** Null for what is not there any more, and for what is no record. */
export async function readJson(files: RemoteFiles, name: string): Promise<Json> {
  const found = await files.read(name);
  try {
    return found === null ? null : (JSON.parse(Buffer.from(found.bytes).toString('utf8')) as Json);
  } catch {
    return null;
  }
}

/** @param doing what cannot be done without it: `collect garbage`. @throws TG-STORE-REMOTE for one that cannot be read */
export async function needsIn(
  files: RemoteFiles,
  { name, doing }: { readonly name: string; readonly doing: string },
): Promise<RemoteNeeds> {
  const record = parseRemoteNeeds(await readJson(files, name));
  if (record !== null) return record;
  throw failure(
    'TG-STORE-REMOTE',
    `Cannot ${doing} in "${files.address}": "${name}", which says what a project needs, cannot be read`,
    'Install the newest Tidegate, or let that project push again; take the file out only if the project is gone',
  );
}

/** The key of the result that a record has; null when its name tells none. */
export function keyIn(name: string): Digest | null {
  const [, first = '', rest = ''] = /\/([0-9a-f]{2})\/([0-9a-f]{62})\.json$/.exec(name) ?? [];
  return first === '' ? null : digestOfHex(first + rest);
}
