import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Column, DatasetVersion } from '@tidegate/formats';
import { type ArrivedFile, openEngine, openSqliteOnlineStore, quoteText, type OnlineStore } from '@tidegate/runtime';
import fc from 'fast-check';
import { type RowReading, rowReading } from '../../data/index.ts';
import { digestOfFile } from '../../platform/index.ts';
import type { ServiceDefinition, ViewDefinition } from '../definitions.ts';
import { materialise } from '../materialise.ts';
import { makeDataset, makeTestRoom, type TestRoom } from '../test-datasets.ts';
import { type DatasetState, type DatasetStates, openRefreshEngine, type RefreshEngine } from './refresh-engine.ts';
import { type RefreshedVersion, refreshView } from './refresh-view.ts';

/** A row of the dataset `events`. Times in seconds. */
interface EventRow {
  readonly id: number;
  readonly key: string | null;
  /** The dataset's time: when it was announced. */
  readonly seen: number;
  /** Null: it has not happened yet. */
  readonly event: number | null;
  readonly known: number | null;
  readonly value: number;
}

/** What is in each file at one moment, and when the refresh is. */
interface Moment {
  readonly files: { readonly [name: string]: readonly EventRow[] };
  readonly at: number;
}

/** Events happen at most so long after they are announced. */
const longestLag = 2;
/** The window of the view. */
const windowSeconds = 3;

const change = fc.record({
  what: fc.constantFrom('add', 'add', 'add', 'happen', 'happen', 'correct', 'delete', 'move', 'drop file', 'nothing'),
  which: fc.nat({ max: 50 }),
  file: fc.constantFrom('a', 'b', 'c'),
  key: fc.constantFrom('x', 'x', 'y', 'y', 'z', null),
  seen: fc.integer({ min: 0, max: 20 }),
  lag: fc.constantFrom(0, 1, 2, null),
  knownAfter: fc.constantFrom(0, 0, 1, 3, null, -1),
  value: fc.constantFrom(0, 1, 2, 3, 5, 8, 12),
});
type ArrivalChange = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** A history of arrivals: late ones, out of order, corrected, taken back, in several files, while the clock goes on and sometimes back. */
const arrivals: fc.Arbitrary<readonly Moment[]> = fc
  .record({
    start: fc.array(change, { minLength: 10, maxLength: 16, size: 'max' }),
    steps: fc.array(fc.record({ changes: fc.array(change, { maxLength: 3, size: 'max' }), clock: fc.constantFrom(0, 1, 1, 2, 4, -2) }), {
      minLength: 3,
      maxLength: 6,
      size: 'max',
    }),
  })
  .map(({ start, steps }) => {
    const moments: Moment[] = [];
    let rows: readonly (EventRow & { readonly file: string })[] = [];
    let at = 12;
    let id = 0;
    for (const one of start) rows = changed(rows, { ...one, what: 'add', seen: Math.floor(one.seen * 0.7) }, id++);
    for (const { changes, clock } of steps) {
      for (const one of changes) rows = changed(rows, one, id++);
      at = Math.max(0, at + clock);
      const files = Object.fromEntries(
        ['a', 'b', 'c'].flatMap((name) => {
          const own = rows.filter(({ file }) => file === name);
          return own.length === 0 ? [] : [[name, own]];
        }),
      );
      moments.push({ files, at });
    }
    return moments;
  });

function changed<T extends EventRow & { readonly file: string }>(
  rows: readonly T[],
  one: ArrivalChange,
  id: number,
): readonly (EventRow & { readonly file: string })[] {
  const { what, which, file, key, seen, lag, knownAfter, value } = one;
  const event = lag === null ? null : seen + lag;
  const known = knownAfter === null || event === null ? null : event + knownAfter;
  if (what === 'add' || rows.length === 0) return [...rows, { id, file, key, seen, event, known, value }];
  const target = which % rows.length;
  const edit = (turn: (row: T) => EventRow & { readonly file: string }): readonly (EventRow & { readonly file: string })[] =>
    rows.map((row, index) => (index === target ? turn(row) : row));
  switch (what) {
    case 'happen':
      return edit((row) => ({ ...row, event: row.seen + (lag ?? 0), known: row.seen + (lag ?? 0) + Math.max(0, knownAfter ?? 0) }));
    case 'correct':
      return edit((row) => ({ ...row, value }));
    case 'delete':
      return rows.filter((_, index) => index !== target);
    case 'move':
      return edit((row) => ({ ...row, file }));
    case 'drop file':
      return rows.filter((row) => row.file !== file);
    default:
      return rows;
  }
}

const source = { sql: viewSql(), what: 'view "v"', file: null };

function viewSql(): string {
  return `SELECT key, event, known, sum(value) OVER w AS total, value, id FROM events WHERE event IS NOT NULL
    WINDOW w AS (PARTITION BY key ORDER BY event RANGE BETWEEN INTERVAL ${windowSeconds} SECONDS PRECEDING AND CURRENT ROW)`;
}

function viewOf(hasKnown: boolean): ViewDefinition {
  return {
    source,
    keys: ['key'],
    time: 'event',
    known: hasKnown ? 'known' : null,
    ttlMs: null,
    lookbackMs: (windowSeconds + longestLag) * 1000,
    features: ['total', 'value', 'id'],
  };
}

/** Rows above it break a check of the data contract. */
const mostValue = 9;

interface ArrivalBench {
  /** Refreshes from the files as they are at the moment. */
  readonly refresh: (moment: Moment) => Promise<RefreshedVersion>;
  /** What materialising everything at the moment puts into an empty store, by key. */
  readonly computed: (moment: Moment) => Promise<{ readonly [key: string]: unknown }>;
  /** What the store holds, by key. */
  readonly stored: () => Promise<{ readonly [key: string]: unknown }>;
  readonly [Symbol.dispose]: () => void;
}

async function openArrivalBench(room: TestRoom, view: ViewDefinition): Promise<ArrivalBench> {
  const folder = mkdtempSync(join(room.folder, 'arrivals-'));
  const online = openSqliteOnlineStore(join(folder, 'online.sqlite'));
  const empty = await makeDataset(room, 'events', { select: selectRows([]) });
  const reading: RowReading = {
    ...rowReading({ ...empty, columns: empty.columns.map(typed) }, { contract: null, time: 'seen' }),
    checks: [{ name: 'value.maximum', promise: `value is at most ${mostValue}`, bad: `v5 > ${mostValue}` }],
  };
  const { signal } = new AbortController();
  const engine = await openRefreshEngine({ folders: [folder], spill: join(folder, 'spill'), signal });
  const stateOf = (files: readonly ArrivedFile[]): Promise<DatasetState> => readState(engine, reading, { folder, files });
  const service = serviceOf(view);
  const asked = await makeDataset(room, 'asked', {
    select: "SELECT 1 AS id, 'x' AS key, TIMESTAMP '2024-01-01' AS time, 1 AS label",
  });
  const write = async (moment: Moment): Promise<readonly ArrivedFile[]> => {
    const files: ArrivedFile[] = [];
    using own = await openEngine({ threads: 1 });
    for (const [name, rows] of Object.entries(moment.files)) {
      const path = join(folder, 'next.parquet');
      await own.run(`COPY (${selectRows(rows)}) TO ${quoteText(path)} (FORMAT parquet)`);
      const digest = await digestOfFile(path);
      await own.run(`COPY (${selectRows(rows)}) TO ${quoteText(join(folder, digest.slice(7)))} (FORMAT parquet)`);
      files.push({ dataset: 'events', path: name, digest });
    }
    return files;
  };
  return {
    refresh: async (moment) => {
      const now: DatasetStates = new Map([['events', await stateOf(await write(moment))]]);
      const computable = await engine.computable(view, new Map([['events', { reading, files: [] }]]));
      const before = async (files: readonly ArrivedFile[]): Promise<DatasetStates> => new Map([['events', await stateOf(files)]]);
      return refreshView(engine, {
        online,
        view: computable,
        lookbackMs: view.lookbackMs,
        now,
        before,
        atUs: moment.at * 1e6,
        full: false,
        signal,
      });
    },
    computed: async ({ files, at }) => {
      const rows = Object.values(files).flat();
      const events: DatasetVersion = await makeDataset(room, 'events', { select: `${selectRows(rows)} WHERE value <= ${mostValue}` });
      const other = openSqliteOnlineStore(join(mkdtempSync(join(room.folder, 'computed-')), 'online.sqlite'));
      try {
        const order = { store: room.store, service: 's', definition: service, known: [], folder: join(folder, 'work'), signal };
        const [done] = await materialise({ ...order, online: other, datasets: [events, asked], atMs: at * 1000 });
        return await contents(other, done?.version);
      } finally {
        other.close();
      }
    },
    stored: async () => contents(online, (await online.views())[0]?.version),
    [Symbol.dispose]: () => {
      engine[Symbol.dispose]();
      online.close();
    },
  };
}

function typed(column: Column): Column {
  const types: { readonly [name: string]: Column['type'] } = { INTEGER: 'integer', VARCHAR: 'string', TIMESTAMP: 'timestamp' };
  return { ...column, type: types[column.physicalType] ?? 'number' };
}

async function readState(
  engine: RefreshEngine,
  reading: RowReading,
  { folder, files }: { readonly folder: string; readonly files: readonly ArrivedFile[] },
): Promise<DatasetState> {
  const readable = [];
  for (const { path, digest } of files)
    readable.push(await engine.readable(reading, { path, digest, bytes: 1, object: join(folder, digest.slice(7)) }));
  return { reading, files: readable };
}

function serviceOf(view: ViewDefinition): ServiceDefinition {
  return {
    rows: { sql: 'SELECT * FROM asked', what: 'the rows', file: null },
    id: 'id',
    time: 'time',
    label: 'label',
    labelKnown: null,
    request: [],
    keysAsFeatures: [],
    views: [{ as: 'v', rowKeys: ['key'], view }],
  };
}

const keys = ['x', 'y', 'z'];

async function contents(
  online: OnlineStore,
  version: Parameters<OnlineStore['read']>[0] | undefined,
): Promise<{ readonly [key: string]: unknown }> {
  if (version === undefined) return {};
  const rows = await online.read(
    version,
    keys.map((key) => JSON.stringify([`s${key}`])),
  );
  return Object.fromEntries(keys.map((key, index) => [key, rows[index] ?? null]));
}

function selectRows(rows: readonly EventRow[]): string {
  const time = (seconds: number | null): string => (seconds === null ? 'NULL::TIMESTAMP' : `make_timestamp(${seconds * 1_000_000})`);
  const values = rows.map(
    ({ id, key, seen, event, known, value }) =>
      `(${id}, ${key === null ? 'NULL::VARCHAR' : `'${key}'`}, ${time(seen)}, ${time(event)}, ${time(known)}, ${value})`,
  );
  const none = `(0, NULL::VARCHAR, ${time(0)}, NULL::TIMESTAMP, NULL::TIMESTAMP, 0)`;
  return `SELECT * FROM (VALUES ${[none, ...values].join(', ')}) t(id, key, seen, event, known, value)`;
}

/** Fails when a refresh ever leaves something else than materialising everything at that moment would have made. */
export async function checkRefreshes(hasKnown: boolean, numRuns: number): Promise<void> {
  using room = makeTestRoom();
  await fc.assert(
    fc.asyncProperty(arrivals, async (moments) => {
      using bench = await openArrivalBench(room, viewOf(hasKnown));
      for (const moment of moments) {
        await bench.refresh(moment);

        assert.deepEqual(await bench.stored(), await bench.computed(moment));
      }
    }),
    { numRuns, endOnFailure: true },
  );
}
