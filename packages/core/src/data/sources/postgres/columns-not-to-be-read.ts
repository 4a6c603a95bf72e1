import { failure } from '@tidegate/formats';
import { quoteName } from '@tidegate/runtime';
import { codeOf } from '../connection-fault.ts';
import type { PostgresConnection } from './connect.ts';
import type { PostgresRelation } from './postgres-relation.ts';

/** https://www.postgresql.org/docs/15/errcodes-appendix.html: insufficient_privilege */
const denied = '42501';

/** An error that names the columns of a table that may not be read, where others may; any other error as it is. */
export async function columnsNotToBeRead(
  { rows }: PostgresConnection,
  { table, title }: PostgresRelation,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof Error) || codeOf(error) !== denied || table === null) return error;
  const columns = await rows('ROLLBACK')
    .then(() =>
      rows(
        `SELECT attname AS name, has_column_privilege(attrelid, attnum, 'SELECT')::text AS may FROM pg_attribute
         WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
        [table],
      ),
    )
    .catch(() => []);
  const named = (may: string): readonly string[] => columns.flatMap((row) => (row['may'] === may ? [quoteName(row['name'] ?? '')] : []));
  const [open, closed] = [named('true'), named('false')];
  if (open.length === 0 || closed.length === 0) return error;
  return failure(
    'TG-SOURCE-DENIED',
    `Cannot read ${title} of PostgreSQL: the user may not read the column${closed.length === 1 ? '' : 's'} ${closed.join(', ')}`,
    `Ask the owner for: GRANT SELECT (${closed.join(', ')}) ON ${table} TO USER; or read the others by a query: SELECT ${open.join(', ')} FROM ${table}`,
    error,
  );
}
