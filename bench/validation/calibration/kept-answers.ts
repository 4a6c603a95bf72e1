import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell } from './cells.ts';
import type { Said } from './judge-cell.ts';

/** What a tool said of a cell, asked once: a run that was ended goes on from there. The folder is for one state of the code. */
export async function keptAnswer(
  folder: string,
  { tool, cell, repeats }: { readonly tool: string; readonly cell: Cell; readonly repeats: number },
  ask: () => Promise<readonly Said[] | null>,
): Promise<readonly Said[] | null> {
  const { part, kind, columns, classes, rows, shift } = cell;
  const file = join(folder, `${[tool, part, kind, columns, classes, rows, shift, repeats].join('-').replaceAll(/[^\w.-]+/g, '_')}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as readonly Said[];
  const said = await ask();
  if (said === null) return null;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(said));
  renameSync(`${file}.new`, file);
  return said;
}
