import type { ProjectFile } from './file/project-file.ts';
import { bucketOf } from './remote-place.ts';
import type { QueryConfig, SourceConfig } from './source-config.ts';

type From = NonNullable<ProjectFile['data']>[string]['from'];
type QueryFile = Omit<NonNullable<From['sqlite']>, 'file' | 'every'>;
type ServerFile = NonNullable<From['mysql']>;

/** Longest wait for a connection when nothing is said, in milliseconds. */
const defaultConnectMs = 10_000;

/** Longest file of the web when nothing is said, in bytes. */
const defaultMostBytes = 100e9;

/** The source of a dataset, with its defaults; null for files of the project. */
export function sourceOf({ postgres, mysql, sqlite, s3, http }: From): SourceConfig | null {
  if (postgres !== undefined) {
    const { replication } = postgres;
    const slot = replication && { slot: replication.slot, publication: replication.publication ?? replication.slot };
    return { kind: 'postgres', ...serverOf(postgres), replication: slot ?? null };
  }
  if (mysql !== undefined) return { kind: 'mysql', ...serverOf(mysql) };
  if (sqlite !== undefined) return { kind: 'sqlite', file: sqlite.file, ...queryOf(sqlite) };
  if (s3 !== undefined) return { kind: 's3', ...bucketOf(s3), prefix: s3.prefix ?? '', objects: s3.objects ?? [] };
  if (http !== undefined) return { kind: 'http', urls: urlsOf(http), token: http.token ?? null, mostBytes: http.most ?? defaultMostBytes };
  return null;
}

/** How often a source is looked at when nothing is said and a look is cheap, in milliseconds. */
const defaultEveryMs = 3_600_000;

/**
 * How often `tidegate up` looks at a source, in milliseconds; null = never by itself. Where only a whole reading would tell whether anything is new,
 * it is left alone unless a pace is said.
 */
export function paceOf({ postgres, mysql, sqlite, s3, http }: From): number | null {
  const every = (postgres ?? mysql ?? sqlite ?? s3 ?? http)?.every;
  if (every !== undefined) return every === 'never' ? null : every;
  const isCheap = postgres?.replication !== undefined || (postgres ?? mysql)?.cursor !== undefined || (sqlite ?? s3 ?? http) !== undefined;
  return isCheap ? defaultEveryMs : null;
}

function urlsOf({ url, urls = [] }: NonNullable<From['http']>): readonly string[] {
  return url === undefined ? urls : [url];
}

function serverOf(file: ServerFile) {
  return {
    url: file.url,
    ...queryOf(file),
    schema: file.schema ?? null,
    connectMs: file.connect_timeout ?? defaultConnectMs,
    statementMs: file.statement_timeout ?? null,
  };
}

function queryOf({ table, query, where, key, cursor }: QueryFile): QueryConfig {
  return {
    table: table ?? null,
    query: query ?? null,
    where: where ?? null,
    key: key ?? null,
    cursor: cursor === undefined ? null : { column: cursor.column, overlap: cursor.overlap ?? null },
  };
}
