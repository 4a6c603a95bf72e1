import { join } from 'node:path';
import type { Tree } from '@tidegate/formats';
import { mkdirSync, writeLink } from '../../platform/index.ts';
import type { FileToCheckOut } from './object-store.ts';

/** Checks out the files of a tree below a folder through `write`, and makes its links. */
export async function checkOutEntries(
  { entries }: Tree,
  folder: string,
  write: (files: readonly FileToCheckOut[]) => Promise<void>,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await write(
    entries.flatMap(({ path, digest, executable = false, link }) =>
      link === undefined ? [{ digest, path: join(folder, path), executable }] : [],
    ),
  );
  for (const { path, link } of entries) if (link !== undefined) writeLink(join(folder, path), link);
}
