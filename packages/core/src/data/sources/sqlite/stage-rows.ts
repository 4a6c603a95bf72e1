import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { quoteName } from '@tidegate/runtime';
import { refuseBrokenText } from './refuse-broken-text.ts';
import { openRowStage, type RowStageOptions } from '../rows/row-stage.ts';
import { type Field, rowText } from '../rows/row-text.ts';
import type { TakenRows } from '../rows/text-parts.ts';
import type { ReadRequest } from '../source.ts';

/** Rows between two looks at the signal and at whatever else waits. */
const rowsAtOnce = 1000;

/** What stands in a text for bytes that are no UTF-8. */
const broken = '\u{fffd}';

/** Reads rows into Parquet files. @throws TG-SOURCE-VALUE for a text that is no UTF-8 */
export async function stageRows(
  database: DatabaseSync,
  from: string,
  { title, folder, columns, key = null, signal, progress }: RowStageOptions & Pick<ReadRequest, 'progress'>,
): Promise<TakenRows> {
  await using stage = await openRowStage({ title, folder, columns, key, signal });
  const statement = database.prepare(`SELECT ${columns.map(({ name }) => quoteName(name)).join(', ')} FROM ${from}`);
  statement.setReturnArrays(true);
  statement.setReadBigInts(true);
  let lines: string[] = [];
  let rows = 0;
  const suspects = new Set<string>();
  // the types do not have what setReturnArrays does
  for (const row of statement.iterate() as unknown as Iterable<readonly SQLOutputValue[]>) {
    for (const [index, value] of row.entries())
      if (typeof value === 'string' && value.includes(broken)) suspects.add(columns[index]?.name ?? '');
    lines.push(rowText(row.map((value, index) => fieldOf(value, columns[index]?.type))));
    rows++;
    if (lines.length < rowsAtOnce) continue;
    await stage.write(Buffer.from(lines.join('')));
    lines = [];
    progress('Read rows', null);
    await nextTurn();
    signal.throwIfAborted();
  }
  if (lines.length > 0) await stage.write(Buffer.from(lines.join('')));
  for (const column of suspects) refuseBrokenText(database, { from, column, title });
  return await stage.finish();
}

function fieldOf(value: SQLOutputValue, type: string | undefined): Field {
  if (value === null || typeof value === 'string' || value instanceof Uint8Array) return value;
  if (type === 'BOOLEAN') return value === 0n ? 'false' : 'true';
  return typeof value === 'number' && Object.is(value, -0) ? '-0' : String(value);
}
