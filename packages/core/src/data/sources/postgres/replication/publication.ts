import { failure } from '@tidegate/formats';
import { quoteName } from '@tidegate/runtime';
import type { PostgresConnection } from '../connect.ts';
import type { PostgresRelation } from '../postgres-relation.ts';
import type { Replication } from './slot.ts';

interface Followed {
  readonly relation: PostgresRelation;
  readonly replication: Replication;
}

/** Makes the publication of the table when there is none. The slot comes after it: the log knows a publication only from its beginning on. */
export async function ensurePublication({ rows }: PostgresConnection, { relation, replication: { publication } }: Followed): Promise<void> {
  const [found] = await rows('SELECT 1 AS one FROM pg_publication WHERE pubname = $1', [publication]);
  if (found !== undefined) return;
  const [table] = await rows("SELECT (relkind = 'p')::text AS parted FROM pg_class WHERE oid = $1::regclass", [relation.table]);
  const what =
    table?.['parted'] === 'true'
      ? `TABLE ${relation.sql} WITH (publish_via_partition_root = true)` // else the log names partitions
      : `TABLE ONLY ${relation.sql}`;
  await rows(`CREATE PUBLICATION ${quoteName(publication)} FOR ${what}`);
}

/**
 * Refuses a publication by which changes of the table would be missed without a word.
 *
 * @throws TG-SOURCE-SLOT for one that is gone, has not the table, not every kind of change, or not every row of it
 */
export async function refuseHoles({ rows }: PostgresConnection, { relation, replication }: Followed): Promise<void> {
  const { publication, slot } = replication;
  const [found] = await rows(
    `SELECT (p.oid IS NOT NULL)::text AS known, (p.pubinsert AND p.pubupdate AND p.pubdelete AND p.pubtruncate)::text AS whole, to_jsonb(t)::text AS entry,
            (c.relkind <> 'p' AND EXISTS (SELECT 1 FROM pg_inherits WHERE inhparent = c.oid))::text AS inherited
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_publication p ON p.pubname = $2
     LEFT JOIN pg_publication_tables t ON t.pubname = $2 AND t.schemaname = n.nspname AND t.tablename = c.relname WHERE c.oid = $1::regclass`,
    [relation.table, publication],
  );
  const refused = (why: string, hint: string): Error =>
    failure('TG-SOURCE-SLOT', `Cannot follow the changes of ${relation.title}: ${why}`, hint);
  if (found?.['inherited'] === 'true')
    throw refused(
      'tables inherit from it, and the log has their rows under their own names',
      'Use "cursor", or read each of the tables by itself',
    );
  if (found?.['known'] !== 'true')
    throw refused(
      `the publication "${publication}" is gone`,
      `Run at the server: SELECT pg_drop_replication_slot('${slot}'); the next reading makes both, and reads everything`,
    );
  const entry = found['entry'] ?? null;
  if (entry === null)
    throw refused(
      `the publication "${publication}" does not have it`,
      `Run at the server: ALTER PUBLICATION ${quoteName(publication)} ADD TABLE ${relation.sql}; for a partitioned table with publish_via_partition_root = true`,
    );
  if (found['whole'] !== 'true')
    throw refused(
      `the publication "${publication}" leaves out some kind of change`,
      `Run at the server: ALTER PUBLICATION ${quoteName(publication)} SET (publish = 'insert, update, delete, truncate')`,
    );
  const { rowfilter = null } = JSON.parse(entry) as { readonly rowfilter?: string | null }; // servers before version 15 have none
  if (rowfilter !== null)
    throw refused(
      `the publication "${publication}" leaves out rows: ${rowfilter}`,
      `Run at the server: ALTER PUBLICATION ${quoteName(publication)} SET TABLE ${relation.sql}`,
    );
}
