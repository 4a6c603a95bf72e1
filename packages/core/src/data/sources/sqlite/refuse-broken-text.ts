import { isUtf8 } from 'node:buffer';
import type { DatabaseSync } from 'node:sqlite';
import { failure } from '@tidegate/formats';
import { quoteName } from '@tidegate/runtime';

/** SQLite keeps whatever bytes as text. @param from what to select from @throws TG-SOURCE-VALUE when a text of the column is no UTF-8 */
export function refuseBrokenText(
  database: DatabaseSync,
  { from, column, title }: { readonly from: string; readonly column: string; readonly title: string },
): void {
  const name = quoteName(column);
  const texts = database.prepare(`SELECT CAST(${name} AS BLOB) AS bytes FROM ${from} WHERE typeof(${name}) = 'text'`);
  for (const { bytes } of texts.iterate())
    if (bytes instanceof Uint8Array && !isUtf8(bytes))
      throw failure(
        'TG-SOURCE-VALUE',
        `Cannot keep the column "${column}" of ${title}: it has text that is no UTF-8: ${Buffer.from(bytes).subarray(0, 40).toString('latin1')}`,
        `Read its bytes by a query: SELECT …, CAST(${name} AS BLOB) AS ${name}; or write them anew as UTF-8`,
      );
}
