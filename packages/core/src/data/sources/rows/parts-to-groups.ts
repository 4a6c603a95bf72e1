import { join } from 'node:path';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { rm } from '../../../platform/index.ts';
import { canBeInOrder, groupsInOrder } from '../../tables/groups/groups-in-order.ts';
import { fileOptions, partsToFiles } from './parts-to-files.ts';
import type { ReadColumn } from './read-column.ts';
import { type TextLines, withLines } from './text-lines.ts';
import type { TextPart } from './text-part.ts';
import type { TakenRows, TextParts } from './text-parts.ts';

export interface GroupsRequest {
  readonly title: string;
  readonly columns: readonly ReadColumn[];
  readonly key: readonly string[];
  readonly folder: string;
}

/**
 * Makes groups of a table of the rows as long as they come in the order of the key, and files of the others. While the rows of one part are written as groups the next part
 * is read into the engine's memory.
 */
export async function partsToGroups(engine: Engine, { title, columns, key, folder }: GroupsRequest): Promise<TextParts> {
  const files = partsToFiles(engine, { title, columns });
  const plain = columns.map(({ name, type }) => ({ name, type }));
  if (!canBeInOrder({ columns: plain, key })) return files;
  const writers = [await engine.beside(), await engine.beside()] as const;
  const inOrder = groupsInOrder(writers, { columns: plain, key, folder });
  let [tables, rows] = [0, 0];
  let unordered: string[] | null = null; // files, once the rows came in another order
  let placing: Promise<void> = Promise.resolve();

  const load = async (part: TextPart): Promise<string> => {
    const table = `rows_${tables++}`;
    const [made] = await withLines(engine, { part, columns, title }, (lines) =>
      engine.rows(`CREATE TABLE ${table} AS SELECT ${inOrder.values} FROM (SELECT ${typedList(lines)} FROM ${lines.sql})`),
    );
    rows += Number(made?.['Count'] ?? 0);
    await rm(part.path);
    return table;
  };
  const place = async (table: string): Promise<void> => {
    if (unordered === null && (await inOrder.take(table))) return;
    unordered ??= [...(await inOrder.leave())];
    const file = join(folder, `${table}.parquet`);
    unordered.push(file);
    await writers[0].run(`COPY (SELECT ${inOrder.names} FROM ${table}) TO ${quoteText(file)} (${fileOptions})`);
    await writers[0].run(`DROP TABLE ${table}`);
  };
  return {
    take: async (part) => {
      if (unordered !== null) return files.take(part);
      const table = await load(part);
      await placing;
      placing = place(table);
      placing.catch(() => {}); // the next one who waits for it throws
    },
    finish: async (): Promise<TakenRows> => {
      await placing;
      if (unordered === null && rows > 0) {
        const groups = await inOrder.finish();
        return { files: groups.groups.map(({ path }) => path), rows, groups };
      }
      unordered ??= [...(await inOrder.leave())];
      const others = await files.finish();
      return { files: [...unordered, ...others.files], rows: rows + others.rows, groups: null };
    },
    stop: async () => {
      await placing.catch(() => {});
      for (const writer of writers) writer[Symbol.dispose]();
    },
  };
}

function typedList({ columns }: TextLines): string {
  return columns.map(({ name, type, value }) => `CAST(${value(quoteName(name))} AS ${type}) AS ${quoteName(name)}`).join(', ');
}
