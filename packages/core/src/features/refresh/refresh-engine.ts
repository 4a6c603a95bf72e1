import { canonicalJson } from '@tidegate/formats';
import { type Engine, openEngine, quoteName } from '@tidegate/runtime';
import {
  acceptedRows,
  brokenColumn,
  judgedRows,
  namingFiles,
  type DatasetFile,
  type ReadableFile,
  readableFiles,
  type RowReading,
} from '../../data/index.ts';
import { showDataset } from '../dataset-tables.ts';
import type { ViewDefinition } from '../definitions.ts';
import { viewVersion } from '../meaning.ts';
import { findViewColumns, type ViewColumnsFound } from '../resolved-service.ts';
import { columnsOf, datasetsReadBy } from '../sql-check.ts';

export interface RefreshRoom {
  /** The folders whose files it may read; nothing else. */
  readonly folders: readonly string[];
  /** Folder for what does not fit in memory. */
  readonly spill: string;
  /** Ends its statements; nothing can be computed after that. */
  readonly signal: AbortSignal;
}

/** A dataset as its files are, and how they are read. */
export interface DatasetState {
  readonly reading: RowReading;
  readonly files: readonly ReadableFile[];
}

export type DatasetStates = ReadonlyMap<string, DatasetState>;

/** What differs between two states of a dataset, rows that are left out aside. Times in microseconds since 1970. */
export interface DatasetDifference {
  readonly arrived: number;
  readonly gone: number;
  /** By check: rows that arrived and break it. */
  readonly leftOut: readonly { readonly check: string; readonly promise: string; readonly rows: number }[];
  /** Rows more than there were with an event before the newest one that was there: a row that is corrected is not late. */
  readonly late: number;
  /** The oldest event of a row that arrived or went; null when none did, or one of them has no event time. */
  readonly oldestUs: number | null;
  readonly newestUs: number | null;
}

/** A view that can be computed: its columns, and the datasets it reads. */
export interface ComputableView extends ViewColumnsFound {
  readonly definition: ViewDefinition;
  readonly reads: readonly string[];
}

/**
 * The engine of refreshes. It is held open from one to the next with what is known of files by their digests, so that a file is looked
 * at once however often it is read. Statements run one after another. One thread, for the reason that
 * {@link openOnDatasets} has.
 */
export interface RefreshEngine {
  readonly engine: Engine;
  /** The columns of a file, found once. @throws TG-DATA-FILE-… when it cannot be read */
  readonly readable: (reading: RowReading, file: DatasetFile) => Promise<ReadableFile>;
  readonly difference: (before: DatasetState, after: DatasetState) => Promise<DatasetDifference>;
  /** Checks the SQL of a view and finds its columns, once for each version. @throws TG-FEATURES-… */
  readonly computable: (view: ViewDefinition, states: DatasetStates) => Promise<ComputableView>;
  /** Lets SQL of users read the datasets in this state, from an event time on. */
  readonly show: (states: DatasetStates, sinceUs: number | null) => Promise<void>;
  readonly [Symbol.dispose]: () => void;
}

export async function openRefreshEngine({ folders, spill, signal }: RefreshRoom): Promise<RefreshEngine> {
  const engine = await openEngine({ threads: 1, memory: '1GB', spill, signal });
  try {
    await engine.run('CREATE SCHEMA work');
    await engine.confine([...folders, spill]);
  } catch (error) {
    engine[Symbol.dispose]();
    throw error;
  }
  const files = new Map<string, ReadableFile>();
  const spans = new Map<string, Promise<Span>>();
  const differences = new Map<string, Promise<DatasetDifference>>();
  const views = new Map<string, Promise<ComputableView>>();
  const once = <T>(known: Map<string, Promise<T>>, key: unknown, find: () => Promise<T>): Promise<T> => {
    const name = canonicalJson(key);
    const found = known.get(name) ?? find();
    known.set(name, found);
    found.catch(() => known.delete(name));
    if (known.size > mostKnown) known.delete(known.keys().next().value ?? name);
    return found;
  };
  const spanOf = (reading: RowReading, file: ReadableFile): Promise<Span> =>
    once(spans, [reading.digest, file.digest], () => readSpan(engine, reading, file));
  return {
    engine,
    readable: async (reading, file) => {
      const key = canonicalJson([reading.digest, file.digest, file.path]);
      const known = files.get(key);
      if (known !== undefined) return known;
      const found = await namingFiles([file], async () => {
        const [one] = await readableFiles(engine, reading, [file]);
        if (one === undefined) throw new Error(`Cannot find the columns of "${file.path}"; please report this`);
        await spanOf(reading, one);
        return one;
      });
      files.set(key, found);
      if (files.size > mostKnown) files.delete(files.keys().next().value ?? key);
      return found;
    },
    difference: (before, after) =>
      once(differences, [before, after].map(namesOf), async () => {
        const seen = await Promise.all(before.files.map((file) => spanOf(before.reading, file)));
        return readDifference(engine, { before, after, newestUs: newestOf(seen) });
      }),
    computable: (view, states) =>
      once(views, [viewVersion(view), [...states].map(([name, { reading }]) => [name, reading.digest])], () =>
        makeComputable(engine, view, states),
      ),
    show: async (states, sinceUs) => {
      for (const [name, { reading, files: all }] of states) {
        if (sinceUs === null || reading.time === null) await engine.run(showDataset(name, acceptedRows(reading, all)));
        else {
          const known = await Promise.all(all.map(async (file) => ({ file, ...(await spanOf(reading, file)) })));
          const kept = known.filter(({ newestUs, timeless }) => timeless > 0 || (newestUs ?? Number.NEGATIVE_INFINITY) >= sinceUs);
          const time = quoteName(reading.time);
          // a row without an event time always counts; where there is none, the engine can skip what is older without reading it
          const orTimeless = kept.some(({ timeless }) => timeless > 0) ? ` OR ${eventUs(reading)} IS NULL` : '';
          const rows = acceptedRows(
            reading,
            kept.map(({ file }) => file),
          );
          await engine.run(
            showDataset(name, `SELECT * FROM (${rows}) WHERE ${time} >= make_timestamp(${Math.floor(sinceUs)})${orTimeless}`),
          );
        }
      }
    },
    [Symbol.dispose]: () => engine[Symbol.dispose](),
  };
}

/** Files and views that are remembered; a project with more looks at some of them again. */
const mostKnown = 5_000;

/** What is known of a file once it was read. */
interface Span {
  readonly newestUs: number | null;
  /** Rows without an event time. */
  readonly timeless: number;
}

/** Reads every cell, so that a file that is broken somewhere is found now and not in the middle of a view. */
async function readSpan(engine: Engine, reading: RowReading, file: ReadableFile): Promise<Span> {
  const columns = reading.columns.map(({ name }) => quoteName(name)).join(', ');
  const [row = {}] = await engine.rows(
    `SELECT max(us) AS newest, count(*) - count(us) AS timeless, bit_xor(cells) AS read
     FROM (SELECT ${eventUs(reading)} AS us, hash(${columns}) AS cells FROM (${judgedRows(reading, [file])}))`,
  );
  return { newestUs: numberOrNull(row['newest']), timeless: Number(row['timeless']) };
}

/** SQL: the event time of a row in microseconds; NULL for one that has none, or an infinite one. */
function eventUs({ time }: RowReading): string {
  return time === null ? 'NULL::BIGINT' : `epoch_us(${quoteName(time)})`;
}

function newestOf(spans: readonly Span[]): number | null {
  return spans.reduce<number | null>(
    (newest, span) => (span.newestUs === null ? newest : Math.max(newest ?? span.newestUs, span.newestUs)),
    null,
  );
}

function namesOf({ reading, files }: DatasetState): unknown {
  return [reading.digest, files.map(({ path, digest }) => [path, digest])];
}

/** Rows are compared as bags over all files that differ, so that a row which moved to another file has not arrived. */
async function readDifference(
  engine: Engine,
  { before, after, newestUs }: { readonly before: DatasetState; readonly after: DatasetState; readonly newestUs: number | null },
): Promise<DatasetDifference> {
  const [was, is] = changedFiles(before, after);
  const { reading } = after;
  if (was.length + is.length === 0) return { arrived: 0, gone: 0, leftOut: [], late: 0, oldestUs: null, newestUs: null };
  const columns = reading.columns.map(({ name }) => quoteName(name)).join(', ');
  // two hashes of 64 bits stand for a row: comparing all of its cells takes twice as long
  const printed = (files: readonly ReadableFile[], n: number): string =>
    `SELECT hash(${columns}) AS one, hash('another', ${columns}) AS other, ${brokenColumn} AS broken, ${eventUs(reading)} AS us, ${n} AS n
     FROM (${judgedRows(reading, files)})`;
  const rows =
    was.length === 0
      ? printed(is, 1)
      : `SELECT any_value(broken) AS broken, any_value(us) AS us, sum(n) AS n FROM (${printed(is, 1)} UNION ALL ${printed(was, -1)})
         GROUP BY one, other HAVING sum(n) <> 0`;
  const late = newestUs === null ? '0' : `coalesce(sum(n) FILTER (us < ${newestUs}), 0)`;
  const found = await engine.rows(
    `SELECT broken, coalesce(sum(n) FILTER (n > 0), 0) AS arrived, coalesce(-sum(n) FILTER (n < 0), 0) AS gone, ${late} AS late,
       min(us) AS oldest, max(us) AS newest, count(*) - count(us) AS timeless FROM (${rows}) GROUP BY broken ORDER BY broken`,
  );
  const kept = found.find((row) => row['broken'] === null);
  return {
    arrived: Number(kept?.['arrived'] ?? 0),
    gone: Number(kept?.['gone'] ?? 0),
    late: Math.max(0, Number(kept?.['late'] ?? 0)),
    oldestUs: Number(kept?.['timeless'] ?? 0) > 0 ? null : numberOrNull(kept?.['oldest']),
    newestUs: numberOrNull(kept?.['newest']),
    leftOut: found.flatMap((row) => {
      const check = row['broken'] === null ? undefined : reading.checks[Number(row['broken'])];
      const count = Number(row['arrived']);
      return check === undefined || count === 0 ? [] : [{ check: check.name, promise: check.promise, rows: count }];
    }),
  };
}

/** Those that are not the same in both. */
function changedFiles(before: DatasetState, after: DatasetState): readonly [readonly ReadableFile[], readonly ReadableFile[]] {
  const without = (files: readonly ReadableFile[], others: readonly ReadableFile[]): readonly ReadableFile[] => {
    const known = new Set(others.map(({ path, digest }) => canonicalJson([path, digest])));
    return files.filter(({ path, digest }) => !known.has(canonicalJson([path, digest])));
  };
  return [without(before.files, after.files), without(after.files, before.files)];
}

async function makeComputable(engine: Engine, view: ViewDefinition, states: DatasetStates): Promise<ComputableView> {
  const loaded = [...states.keys()];
  const reads = await datasetsReadBy(engine, view.source, { loaded, known: loaded });
  for (const name of reads) {
    const state = states.get(name);
    if (state !== undefined) await engine.run(showDataset(name, acceptedRows(state.reading, [])));
  }
  return { ...findViewColumns(view, await columnsOf(engine, view.source)), definition: view, reads };
}

function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
