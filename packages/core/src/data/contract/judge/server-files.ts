import { join, resolve } from 'node:path';
import { digestOfHex } from '@tidegate/formats';
import { openEngine, quoteName, quoteText } from '@tidegate/runtime';
import type { AddressConfig, SourceConfig } from '../../../config/index.ts';
import { mkdir, stat } from '../../../platform/index.ts';
import type { DatasetFile } from '../../read/dataset-file.ts';
import { openSource } from '../../sources/open-source.ts';
import { filesAt } from './files-at.ts';
import type { ServerTypes } from './physical-types.ts';
import { notReadable, secretOf, type ServerEntry } from './server-entry.ts';

export interface ServerRequest {
  readonly server: ServerEntry;
  /** Name of the table, or what stands in the place of `{object}` in paths. */
  readonly object: string;
  /** What paths are relative to. */
  readonly folder: string;
  /** For what is read; the caller removes it. */
  readonly scratch: string;
  /** The value of a secret; null when there is none. */
  readonly secret: (name: string) => Promise<string | null>;
  readonly signal: AbortSignal;
}

const nowhere = digestOfHex('0'.repeat(64));
const asFiles: ServerTypes = { kind: 'files' };

/** The rows of an object at a server. */
export interface ServerFiles {
  readonly files: readonly DatasetFile[];
  readonly types: ServerTypes;
}

/** The rows of an object at a server, as files, and how it keeps them. @throws TG-DATA-CONTRACT-SERVER; TG-DATA-NO-FILES; as the sources of datasets */
export async function serverFiles(request: ServerRequest): Promise<ServerFiles> {
  const { server, object, folder } = request;
  switch (server.type) {
    case 'local':
      return { files: await filesAt(folder, [withObject(needed(server, 'path'), object)]), types: asFiles };
    case 'duckdb':
      return { files: [await duckdbTable(request)], types: asFiles };
    case 'postgres':
    case 'postgresql':
      return sourceFiles(request, { kind: 'postgres', replication: null, ...tableOf(request, 'postgres', 5432) });
    case 'mysql':
      return sourceFiles(request, { kind: 'mysql', ...tableOf(request, 'mysql', 3306) });
    case 's3':
      return sourceFiles(request, bucketOf(request));
    default:
      throw notReadable(server, 'Tidegate reads local, duckdb, postgres, mysql and s3', 'Name files with "--data"');
  }
}

/** `{object}`, `{schema}` and `{model}` stand for the name of the object: older contracts have the latter. */
function withObject(path: string, object: string): string {
  return path.replaceAll(/\{(?:object|schema|model)\}/g, () => object);
}

function needed(server: ServerEntry, name: 'path' | 'location' | 'database' | 'host'): string {
  const value = server[name];
  if (value !== undefined) return value;
  throw notReadable(server, `it has no "${name}"`, `Add "${name}:"`);
}

/** A table of a database file of DuckDB, which is opened for reading only and left as it is. */
async function duckdbTable({ server, object, folder, scratch, signal }: ServerRequest): Promise<DatasetFile> {
  const database = resolve(folder, needed(server, 'database'));
  const schema = typeof server.schema === 'string' ? server.schema : 'main';
  await mkdir(scratch, { recursive: true });
  const file = join(scratch, 'table.parquet');
  using engine = await openEngine({ threads: 2, spill: join(scratch, 'spill'), signal });
  try {
    await engine.run(`ATTACH ${quoteText(database)} AS server (READ_ONLY)`);
    await engine.run(`COPY (SELECT * FROM server.${quoteName(schema)}.${quoteName(object)}) TO ${quoteText(file)} (FORMAT parquet)`);
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw notReadable(
      server,
      line.replace(/^[A-Za-z ]+Error: /, '').replace(/[.!\s]+$/, ''),
      'Correct "database", "schema" or the name of the object',
    );
  }
  return { path: `${object}.parquet`, digest: nowhere, bytes: (await stat(file)).size, object: file };
}

function tableOf(
  { server, object }: ServerRequest,
  scheme: string,
  usualPort: number,
): Omit<Extract<SourceConfig, { readonly kind: 'mysql' }>, 'kind'> {
  const secret = secretOf(server);
  const port = typeof server.port === 'number' || typeof server.port === 'string' ? server.port : usualPort;
  const url: AddressConfig = secret === null ? `${scheme}://${needed(server, 'host')}:${port}/${needed(server, 'database')}` : { secret };
  const schema = typeof server.schema === 'string' ? server.schema : null;
  return { url, schema, table: object, query: null, where: null, key: [], cursor: null, connectMs: 10_000, statementMs: null };
}

function bucketOf({ server, object }: ServerRequest): SourceConfig {
  const place = /^s3:\/\/([^/]+)\/?(.*)$/.exec(withObject(needed(server, 'location'), object));
  if (place === null) throw notReadable(server, '"location" does not begin with s3://', 'Write "location: s3://BUCKET/PATH/*.parquet"');
  const [, bucket = '', path = ''] = place;
  const { prefix, pattern } = splitLocation(path);
  return {
    kind: 's3',
    bucket,
    prefix,
    objects: pattern === '' ? [] : [pattern],
    region: null,
    endpoint: server.endpointUrl ?? null,
    pathStyle: server.endpointUrl === undefined ? null : true,
    profile: null,
    keys: null,
  };
}

/** A folder, and the pattern or name of what is read below it; none for everything in a folder. */
function splitLocation(path: string): { readonly prefix: string; readonly pattern: string } {
  const wild = path.search(/[*?[{]/);
  const isFile = wild >= 0 || /\.[A-Za-z0-9]+$/.test(path);
  if (!isFile) return { prefix: path.replace(/\/+$/, ''), pattern: '' };
  const slash = path.lastIndexOf('/', wild < 0 ? path.length : wild);
  return { prefix: path.slice(0, Math.max(slash, 0)), pattern: path.slice(slash + 1) };
}

async function sourceFiles({ scratch, folder, secret, signal }: ServerRequest, config: SourceConfig): Promise<ServerFiles> {
  await mkdir(scratch, { recursive: true });
  const source = await openSource(config, { root: folder, secret });
  const reading = await source.read({ folder: scratch, since: null, signal, progress: () => {} });
  if (reading.kind === 'unchanged')
    throw new Error('Cannot read a source for the first time: it says that nothing has changed; please report this');
  const read = reading.kind === 'rows' ? reading.files.map((file) => ({ path: file, file })) : reading.files;
  const files = await Promise.all(
    read.flatMap(({ path, file }) =>
      file === null ? [] : [stat(file).then(({ size }) => ({ path, digest: nowhere, bytes: size, object: file }))],
    ),
  );
  const isDatabase = reading.kind === 'rows' && (config.kind === 'postgres' || config.kind === 'mysql');
  if (!isDatabase) return { files, types: asFiles };
  return { files, types: { kind: config.kind, types: new Map(reading.columns.map(({ name, sourceType }) => [name, sourceType])) } };
}
