import { join } from 'node:path';
import { type Digest, type StepName, type TableRecord, TidegateError } from '@tidegate/formats';
import { type Engine, openEngine, quoteText } from '@tidegate/runtime';
import {
  compareSchemas,
  newestPartitions,
  putOver,
  type RowsReading,
  rowsSql,
  type SchemaChange,
  scratchFolder,
  type SourceReading,
  storeTable,
  tableAt,
  withoutForgotten,
} from '../../data/index.ts';
import { mkdir, rm } from '../../platform/index.ts';
import { type ColumnReader, columnReaders } from '../data/readings/column-readers.ts';
import { dependentsOf } from '../data/dependents.ts';
import { heedTombstonesFirst } from '../forget/heed-tombstones.ts';
import type { TakenOver } from '../forget/take-over-tombstones.ts';
import { forgottenRowsOf } from '../forget/row-hashing.ts';
import { formerTables } from '../data/readings/former-tables.ts';
import type { Project } from '../project.ts';
import { formerColumns } from './changed-columns.ts';
import { keepFiles } from './keep-files.ts';
import { addedReading, noteReading, pinnedTree, readingOf } from './readings.ts';
import { sharedPosition } from './shared-positions.ts';
import { sourceOfDataset } from './source-of-dataset.ts';

export interface ReadSourceOptions {
  readonly signal: AbortSignal;
  /** `fraction` null when it cannot be known. */
  readonly progress: (doing: string, fraction: number | null) => void;
}

/** What a source gave now. */
export interface ReadSource {
  readonly dataset: string;
  readonly tree: Digest;
  /** What is counted: a source gives rows or files. */
  readonly unit: 'row' | 'file';
  /** All rows or files of it now. */
  readonly rows: number;
  /** Rows or files that the source has sent: fewer than all when only what changed was asked for. */
  readonly readRows: number;
  /** Bytes of objects that the store did not have before. */
  readonly newBytes: number;
  /** Whether it differs from what was there before. */
  readonly isNew: boolean;
  /** How its columns differ from those of before. */
  readonly changes: readonly SchemaChange[];
  /** Steps that depend on the dataset, when its columns have changed. */
  readonly affects: readonly StepName[];
  /** What names the columns that are gone, have another name or another type. */
  readonly readers: readonly ColumnReader[];
  readonly notices: readonly string[];
}

/**
 * Reads a source as it is now, or what changed since it was read last, and keeps the rows as a table, noted as what the next version is to have. When it is
 * killed, or the source breaks off, nothing is noted, and the next one reads again from where the last kept reading ended.
 *
 * @throws TG-SOURCE-…, TG-SECRETS-…, TG-DATA-TABLE-KEY, TG-CLI-NOT-FOUND
 */
export async function readSource(project: Project, dataset: string, options: ReadSourceOptions): Promise<ReadSource> {
  const source = await sourceOfDataset(project, dataset);
  const forgotten: string[] = [];
  const onForgotten = (one: TakenOver): void =>
    void forgotten.push(`rows of data.${one.dataset} that another machine has forgotten are forgotten here`);
  await heedTombstonesFirst(project, { signal: options.signal, onForgotten });
  const before = await readBefore(project, dataset);
  const folder = await scratchFolder();
  try {
    const into = join(folder, 'read');
    await mkdir(into);
    const glance = await source.glance(options).catch(() => null); // what is wrong is told by the reading
    const groups = before === null ? groupsWanted(project, dataset) : null;
    const reading = await source.read({ ...options, folder: into, since: before?.position ?? null, groups });
    const kept = await keepReading(project, { dataset, reading, before, folder, ...options });
    noteReading(project, dataset, { tree: kept.tree, position: reading.position, glance });
    await source.confirm(reading.position, options);
    return { ...kept, notices: [...forgotten, ...kept.notices], ...(await dependingOn(project, dataset, kept.changes)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A table of no version yet is made of groups as they come, where a key alone decides its order. */
function groupsWanted({ config }: Project, dataset: string): { readonly key: readonly string[] } | null {
  const { key, partition } = config.data[dataset]?.table ?? { key: [], partition: null };
  return partition === null ? { key } : null;
}

async function dependingOn(
  project: Project,
  dataset: string,
  changes: readonly SchemaChange[],
): Promise<Pick<ReadSource, 'affects' | 'readers'>> {
  if (changes.length === 0) return { affects: [], readers: [] };
  const affects = (await dependentsOf(project))[`data.${dataset}`] ?? [];
  return { affects, readers: await columnReaders(project, dataset, formerColumns(changes)) };
}

interface Before {
  readonly tree: Digest;
  /** Null for files. */
  readonly record: TableRecord | null;
  /** Null when nobody says how far it was read. */
  readonly position: SourceReading['position'];
  readonly notices: readonly string[];
}

/** What was added last, or else what is pinned, as far as it is at hand. */
async function readBefore(project: Project, dataset: string): Promise<Before | null> {
  const added = addedReading(project, dataset);
  const tree = added?.tree ?? (await pinnedTree(project, dataset).catch(() => null));
  if (tree === null) return null;
  const record = await tableAt(project.store, tree).catch(() => undefined);
  if (record === undefined) return null; // what came since could be put over nothing
  const own = added ?? readingOf(project, dataset, tree);
  const shared = own === null ? await positionElsewhere(project, dataset, tree) : { position: own.position, notices: [] };
  return { tree, record, ...shared };
}

/** A remote that cannot be asked keeps nobody from a source that can be: then all of it is read. */
async function positionElsewhere(project: Project, dataset: string, tree: Digest): Promise<Pick<Before, 'position' | 'notices'>> {
  try {
    return { position: await sharedPosition(project, dataset, tree), notices: [] };
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
    const [{ code, message }] = error.diagnostics;
    return { position: null, notices: [`all of it was read, for the remote does not say how far it was read before: ${code}: ${message}`] };
  }
}

type BeforeRows = Before & { readonly record: TableRecord };

function isOfRows(before: Before | null): before is BeforeRows {
  return before !== null && before.record !== null;
}

type KeptReading = Omit<ReadSource, 'affects' | 'readers'>;

interface KeepRequest extends ReadSourceOptions {
  readonly dataset: string;
  readonly reading: SourceReading;
  readonly before: Before | null;
  readonly folder: string;
}

async function keepReading(project: Project, request: KeepRequest): Promise<KeptReading> {
  const { dataset, reading, before } = request;
  const notices = before?.notices ?? [];
  const nothing = { dataset, readRows: 0, newBytes: 0, isNew: false, changes: [], notices };
  if (reading.kind === 'unchanged' && before !== null) {
    const unit = before.record === null ? 'file' : 'row';
    const rows = before.record?.rows ?? (await project.store.readTree(before.tree)).entries.length;
    return { ...nothing, unit, tree: before.tree, rows };
  }
  if (reading.kind === 'unchanged') throw new Error(`Cannot keep what "${dataset}" gave: there is nothing before it; please report this`);
  if (reading.kind === 'rows') return keepRows(project, { ...request, reading });
  return { ...nothing, unit: 'file', ...(await keepFiles(project.store, { dataset, files: reading.files, before: before?.tree ?? null })) };
}

/** Rows are sorted on disk where this does not suffice. */
const memory = '2GB';

async function keepRows(project: Project, request: KeepRequest & { readonly reading: RowsReading }): Promise<KeptReading> {
  const { dataset, reading, folder, signal, progress } = request;
  const before = isOfRows(request.before) ? request.before : null;
  const { store, config } = project;
  using engine = await openEngine({ threads: 2, memory, spill: join(folder, 'spill'), signal });
  const former = before === null ? null : await formerRows(project, before);
  const given = reading.scope === 'changes' && former !== null ? putOver(former, reading) : rowsSql(reading);
  const { rows, dropped: forgotten } = await withoutForgotten(engine, given, await forgottenRowsOf(project, dataset));
  progress('Compare the rows', null);
  const table = config.data[dataset]?.table;
  const wanted = table === undefined ? { rows, dropped: null } : await newestPartitions(engine, rows, table);
  const stored = await storeTable(engine, {
    rows: wanted.rows,
    key: table !== undefined && table.key.length > 0 ? table.key : reading.key,
    partition: table?.partition ?? null,
    store,
    scratch: join(folder, 'table'),
    folder: table?.folder ?? `data/${dataset}`,
    dataset,
    previous: before?.tree ?? null,
    ready: wanted.rows === rowsSql(reading) ? reading.groups : null,
    known: (await formerTables(project, dataset)).filter((tree) => tree !== before?.tree),
    signal,
    progress: (fraction) => progress('Compare the rows', fraction),
  });
  return {
    dataset,
    unit: 'row',
    tree: stored.digest,
    rows: stored.record.rows,
    readRows: reading.rows,
    newBytes: stored.newBytes,
    isNew: stored.digest !== before?.tree,
    changes:
      before === null || former === null ? [] : await changesOf(engine, { before: before.record, former, after: stored.record, rows }),
    notices: [
      ...(request.before?.notices ?? []),
      ...reading.notices,
      ...(forgotten === 0 ? [] : [`rows that were forgotten are in the source still, or again: ${forgotten} left out`]),
      ...(wanted.dropped === null
        ? []
        : [`${wanted.dropped.rows} rows of partitions before ${wanted.dropped.before} are left out, as "keep" says`]),
    ],
  };
}

async function changesOf(
  engine: Engine,
  {
    before,
    former,
    after,
    rows,
  }: { readonly before: TableRecord; readonly former: string; readonly after: TableRecord; readonly rows: string },
): Promise<readonly SchemaChange[]> {
  return compareSchemas(engine, {
    before: { columns: before.columns, rows: former },
    after: { columns: after.columns, rows },
    key: after.key.filter((name) => before.columns.some((column) => column.name === name)),
  });
}

/** A SELECT of the rows of a table as it was. */
async function formerRows({ store }: Project, { tree, record }: BeforeRows): Promise<string> {
  const { entries } = await store.readTree(tree);
  const files = await Promise.all(entries.map(({ digest }) => store.pathOf(digest)));
  const values = record.columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS "${name.replaceAll('"', '""')}"`).join(', ');
  return files.length === 0 ? `SELECT ${values} WHERE false` : `SELECT * FROM read_parquet([${files.map(quoteText).join(', ')}])`;
}
