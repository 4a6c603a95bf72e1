import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine, quoteText } from '@tidegate/runtime';
import { packMagic } from '../packs/pack-format.ts';
import { readPackIndex, readPiece } from '../packs/read-pack.ts';

/**
 * Files below a folder in which a text is: as it is, in a piece of a pack whatever an index says of it, or as a value of Parquet. What a server keeps of former
 * versions of its objects is looked into like anything else.
 */
export async function filesWithText(folder: string, text: string): Promise<readonly string[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'tidegate-pieces-'));
  try {
    using engine = await openEngine({ threads: 1 });
    const rowsHave = async (bytes: Uint8Array): Promise<boolean> => {
      if (Buffer.from(bytes.subarray(0, 4)).toString('latin1') !== 'PAR1') return false;
      const path = join(scratch, 'piece.parquet');
      writeFileSync(path, bytes);
      // a piece of a longer file ends anywhere
      const rows = await engine.rows(`SELECT * FROM read_parquet(${quoteText(path)})`).catch(() => []);
      return JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).includes(text);
    };
    const has = async (bytes: Uint8Array): Promise<boolean> => Buffer.from(bytes).includes(text) || (await rowsHave(bytes));
    const found: string[] = [];
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, name);
      if (!statSync(path).isFile()) continue;
      const bytes = readFileSync(path);
      const pieces = [bytes as Uint8Array];
      if (bytes.subarray(0, packMagic.length).equals(packMagic))
        for (const entry of await readPackIndex(path))
          pieces.push(readPiece(bytes.subarray(entry.offset, entry.offset + entry.stored), entry));
      for (const piece of pieces)
        if (await has(piece)) {
          found.push(name);
          break;
        }
    }
    return found;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
