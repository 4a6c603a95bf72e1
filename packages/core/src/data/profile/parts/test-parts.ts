import type { ProfilePart } from '@tidegate/formats';
import { type Engine, quoteText } from '@tidegate/runtime';
import { digestOfHex } from '@tidegate/formats';
import { rm } from '../../../platform/index.ts';
import { openTable } from '../../read/dataset-table.ts';
import { inTurn } from '../../tables/side-by-side.ts';
import { scratchFolder } from '../../scratch-folder.ts';
import { measureParts } from './measure-parts.ts';

/**
 * For tests: the parts of some queries, each written to a file of its own and all read as one table.
 *
 * @param bytes how large each file is taken for
 */
export async function partsOfQueries(
  engine: Engine,
  queries: readonly string[],
  personal: ReadonlySet<string> = new Set(),
  {
    hands = [engine],
    bytes = 1000,
    format = 'parquet',
  }: { readonly hands?: readonly Engine[]; readonly bytes?: number; readonly format?: 'parquet' | 'csv' } = {},
): Promise<readonly ProfilePart[]> {
  const folder = await scratchFolder();
  try {
    const files = queries.map((_, at) => ({
      path: `${at}.${format}`,
      object: `${folder}/${at}.${format}`,
      digest: digestOfHex(String(at).padStart(64, '0')),
      bytes,
    }));
    for (const [at, query] of queries.entries())
      await engine.run(`COPY (${query}) TO ${quoteText(files[at]?.object ?? '')} (FORMAT ${format})`);
    const table = await openTable(engine, { files, format, declared: new Map() });
    const measured = await measureParts(inTurn(hands), { table, personal, hash: 'test', files: [...table.filesByKey.keys()] });
    return files.flatMap(({ object }) => measured.get(object) ?? []);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
