import { canonicalJson, type Digest } from '@tidegate/formats';
import {
  type ArrivedFile,
  type Cell,
  type Engine,
  entityKeyCodec,
  type OnlineAdvance,
  type OnlineEntry,
  type OnlineProgress,
  type OnlineRow,
  type OnlineStore,
  type Row,
} from '@tidegate/runtime';
import { digestOfBytes } from '../../platform/index.ts';
import { entriesOf, selectNewest } from '../materialise.ts';
import { engineFailure } from '../sql-source.ts';
import { names } from '../view-table.ts';
import type { ComputableView, DatasetStates, RefreshEngine } from './refresh-engine.ts';

export interface ViewOrder {
  readonly online: OnlineStore;
  readonly view: ComputableView;
  /** How far back it looks in the event time of datasets; null = everything has a say. */
  readonly lookbackMs: number | null;
  /** The datasets now, all that the view reads. */
  readonly now: DatasetStates;
  /** The same as they were with these files; null when the bytes of one of them are gone. */
  readonly before: (files: readonly ArrivedFile[]) => Promise<DatasetStates | null>;
  /** Only what has happened and is known by then; microseconds since 1970. */
  readonly atUs: number;
  /**
   * Whether everything is computed and written anew whatever has arrived. What has arrived is taken in first, so that the two ways can be
   * compared.
   */
  readonly full: boolean;
  readonly signal: AbortSignal;
}

export interface RefreshedVersion {
  readonly version: Digest;
  /** What was computed: nothing, what rows that arrived have a say in, or everything. */
  readonly computed: 'nothing' | 'arrived' | 'everything';
  /** Why everything was; null otherwise. */
  readonly reason: string | null;
  /** Entities whose values were written. */
  readonly keys: number;
  /** Entities that have no values any more. */
  readonly gone: number;
  /** View rows that came after newer ones; they are used all the same. */
  readonly lateRows: number;
  /** The newest event of the view; microseconds since 1970; null when it has none. */
  readonly newestEventUs: number | null;
  /** Of a full refresh: entities whose values were not what computing everything gives; null otherwise. */
  readonly differing: number | null;
}

/**
 * Brings what the online store holds of a view version to a moment: afterwards it is what {@link materialise} would have made of
 * the same rows at that moment. What differs between the rows of then and now is computed as the difference of the view over both, from
 * `lookbackMs` before the oldest row that arrived or went; so it does not matter in what order, how late or in which file rows come.
 * Values, moment and watermark change at once: whoever ends this process, the next refresh goes on from what was before or after.
 */
export async function refreshView(engine: RefreshEngine, order: ViewOrder): Promise<RefreshedVersion> {
  if (order.full) await refreshView(engine, { ...order, full: false });
  for (;;) {
    order.signal.throwIfAborted();
    const progress = await order.online.progress(order.view.version);
    const change = await computeChange(engine, order, progress);
    const refreshed = await writeChange(engine, order, { progress, change });
    if (refreshed !== null) return refreshed;
  }
}

interface Change {
  readonly computed: RefreshedVersion['computed'];
  readonly reason: string | null;
  readonly about: OnlineAdvance['about'];
  /** Rows of `work.newest` and `work.later`, which are to be written. */
  readonly keys: number;
  readonly later: number;
  readonly gone: readonly string[];
  readonly lateRows: number;
  readonly newestEventUs: number | null;
}

async function writeChange(
  { engine }: RefreshEngine,
  { online, view, now, atUs, lookbackMs, full, signal }: ViewOrder,
  { progress, change }: { readonly progress: OnlineProgress | null; readonly change: Change },
): Promise<RefreshedVersion | null> {
  const { about, keys, later, gone, newestEventUs, lateRows, computed, reason } = change;
  const encode = entityKeyCodec(view.keys);
  const differing = full ? await countDiffering(engine, { online, view, signal }) : null;
  const rowsOf = (table: string, rows: number): AsyncGenerator<readonly OnlineEntry[]> =>
    rows === 0 ? nothing() : entriesOf(engine, encode, { table, view, signal });
  const cameIntoUse = await online.advance(view.version, {
    from: progress?.revision ?? 0,
    asOfUs: atUs,
    about,
    entries: rowsOf('newest', keys),
    later: rowsOf('later', later),
    gone,
    watermark: {
      reading: readingOf(now),
      files: filesOf(now),
      newestEventUs,
      lookbackMs,
      lateRows: (about === null ? 0 : (progress?.watermark?.lateRows ?? 0)) + lateRows,
    },
  });
  if (cameIntoUse === null) return null;
  return { version: view.version, computed, reason, keys: keys + cameIntoUse, gone: gone.length, lateRows, newestEventUs, differing };
}

/** Entities of which the store has something else than `work.newest`. */
async function countDiffering(engine: Engine, { online, view, signal }: Pick<ViewOrder, 'online' | 'view' | 'signal'>): Promise<number> {
  let differing = 0;
  let found = 0;
  for await (const batch of entriesOf(engine, entityKeyCodec(view.keys), { table: 'newest', view, signal })) {
    const stored = await online.read(
      view.version,
      batch.map(({ key }) => key),
    );
    for (const [index, entry] of batch.entries()) {
      const row = stored[index] ?? null;
      if (row !== null) found++;
      if (row === null || !isSameRow(row, entry)) differing++;
    }
  }
  const held = (await online.views()).find(({ version }) => version === view.version)?.entities ?? 0;
  return differing + Math.max(0, held - found);
}

function isSameRow(one: OnlineRow, other: OnlineRow): boolean {
  return (
    one.eventUs === other.eventUs &&
    one.knownUs === other.knownUs &&
    one.values.every((value, index) => isSameCell(value, other.values[index] ?? null))
  );
}

/** A sum of fractions depends on where the engine begins to add: numbers may differ in their last digits. */
function isSameCell(one: Cell, other: Cell): boolean {
  const [a, b] = [numberOfCell(one), numberOfCell(other)];
  if (a === null || b === null) return JSON.stringify(one) === JSON.stringify(other);
  return Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

function numberOfCell(value: Cell): number | null {
  if (typeof value === 'number') return value;
  return value === 'NaN' ? Number.NaN : value === '-0' ? 0 : null;
}

async function* nothing(): AsyncGenerator<readonly OnlineEntry[]> {
  yield [];
}

/** Names how the rows of several datasets are read. */
function readingOf(states: DatasetStates): Digest {
  return digestOfBytes(canonicalJson(Object.fromEntries([...states].map(([name, { reading }]) => [name, reading.digest]))));
}

function filesOf(states: DatasetStates): readonly ArrivedFile[] {
  return [...states].flatMap(([dataset, { files }]) => files.map(({ path, digest }) => ({ dataset, path, digest })));
}

async function computeChange(engine: RefreshEngine, order: ViewOrder, progress: OnlineProgress | null): Promise<Change> {
  const { now, atUs, full } = order;
  const watermark = progress?.watermark ?? null;
  const whole = (reason: string): Promise<Change> => computeWhole(engine, order, reason);
  if (full) return whole('it was asked for');
  if (progress === null) return whole('nothing was stored yet');
  if (watermark === null) return whole('nothing is known of what had arrived');
  if (watermark.reading !== readingOf(now)) return whole('columns, types or row checks of its datasets have changed');
  if (progress.asOfUs !== null && atUs < progress.asOfUs && ((await order.online.lastUse(order.view.version)) ?? atUs) > atUs)
    return whole('the clock was set back');
  const before = await order.before(watermark.files);
  if (before === null) return whole('a file as it was at the last refresh is gone');
  const window = await windowOf(engine, order, before);
  const newestUs = watermark.newestEventUs;
  if (window === null)
    return {
      computed: 'nothing',
      reason: null,
      about: { keys: [], sinceUs: null },
      keys: 0,
      later: 0,
      gone: [],
      lateRows: 0,
      newestEventUs: newestUs,
    };
  const { sinceUs, reason } = window;
  return (
    (await computeArrived(engine, order, { before, newestUs, sinceUs, reason })) ??
    (await computeArrived(engine, order, { before, newestUs, sinceUs: null, reason: 'the newest row of an entity was taken back' })) ??
    whole('please report this')
  );
}

interface Window {
  /** Event time from which rows of datasets are read; null = all rows. */
  readonly sinceUs: number | null;
  /** Why all rows are; null otherwise. */
  readonly reason: string | null;
}

/** From when on rows must be read; null when no row has arrived or gone. */
async function windowOf(engine: RefreshEngine, { now, lookbackMs }: ViewOrder, before: DatasetStates): Promise<Window | null> {
  let sinceUs: number | null = Number.POSITIVE_INFINITY;
  let reason: string | null = null;
  for (const [name, state] of now) {
    const { arrived, gone, oldestUs } = await engine.difference(before.get(name) ?? { reading: state.reading, files: [] }, state);
    if (arrived + gone === 0) continue;
    if (lookbackMs === null) reason = 'the view does not say how far back it looks';
    else if (oldestUs === null) reason ??= `rows of "${name}" have no event time`;
    sinceUs = sinceUs === null || lookbackMs === null || oldestUs === null ? null : Math.min(sinceUs, oldestUs - lookbackMs * 1000);
  }
  return sinceUs === Number.POSITIVE_INFINITY ? null : { sinceUs, reason };
}

interface Arrival extends Window {
  readonly before: DatasetStates;
  /** The newest event of the view before. */
  readonly newestUs: number | null;
}

/** @returns null when rows before the window would be needed */
async function computeArrived(
  { engine, show }: RefreshEngine,
  order: ViewOrder,
  { before, newestUs, sinceUs, reason }: Arrival,
): Promise<Change | null> {
  const { view, now, atUs, online } = order;
  const keys = names('key', view.keys.length);
  await inSql(order, async () => {
    await show(before, sinceUs);
    await engine.run(`CREATE OR REPLACE TABLE work.before AS ${view.select}`);
    await show(now, sinceUs);
    await engine.run(`CREATE OR REPLACE TABLE work.after AS ${view.select}`);
  });
  await engine.run(
    `CREATE OR REPLACE TABLE work.changed AS SELECT * EXCLUDE (m), sum(m) AS n FROM (SELECT *, 1 AS m FROM work.after UNION ALL SELECT *, -1 FROM work.before)
     GROUP BY ALL HAVING sum(m) <> 0`,
  );
  const [first] = await engine.rows('SELECT epoch_us(min(event)) AS oldest FROM work.changed');
  // rows of events before the first changed one are the same before and after, but not right: the window begins too late for them
  const fromUs = sinceUs === null ? null : numberIn(first, 'oldest');
  const list = keys.length === 0 ? 'true AS one' : keys.join(', ');
  await engine.run(`CREATE OR REPLACE TABLE work.affected AS SELECT DISTINCT ${list} FROM work.changed`);
  const since = fromUs === null ? '' : `epoch_us(r.event) >= ${fromUs} AND `;
  const select = `SELECT * FROM work.after r WHERE ${since}EXISTS (SELECT 1 FROM work.affected a WHERE ${equalKeys(keys)})`;
  const rows = await makeRows(engine, { select, parts: view.parts }, atUs);
  const affected = await engine.rows(
    `SELECT *, EXISTS (SELECT 1 FROM work.newest a WHERE ${equalKeys(keys)}) AS found FROM work.affected r`,
  );
  const encode = entityKeyCodec(view.keys);
  const encoded = affected.flatMap((row) => {
    const key = encode(keys.map((name) => row[name]));
    return key === null ? [] : [{ key, isFound: row['found'] === true }];
  });
  const without = encoded.filter(({ isFound }) => !isFound).map(({ key }) => key);
  const stored = await online.read(view.version, without);
  // what is stored of them is of before the window, and stays, or has gone
  const gone = without.filter(
    (_, index) => (stored[index]?.eventUs ?? Number.NEGATIVE_INFINITY) >= (fromUs ?? Number.NEGATIVE_INFINITY) && stored[index] !== null,
  );
  if (gone.length > 0 && fromUs !== null) return null;
  const figures = await figuresOf(engine, { keys, since, newestUs });
  return {
    computed: sinceUs === null ? 'everything' : 'arrived',
    reason,
    about: { keys: encoded.map(({ key }) => key), sinceUs: fromUs },
    ...rows,
    gone,
    lateRows: figures.late,
    newestEventUs: sinceUs === null ? figures.newestUs : greater(figures.newestUs, newestUs),
  };
}

/** Makes `work.newest`, the newest row of each entity that is available by then, and `work.later`, those that come into use after it. */
async function makeRows(
  engine: Engine,
  { select, parts }: Pick<ComputableView, 'select' | 'parts'>,
  atUs: number,
): Promise<{ readonly keys: number; readonly later: number }> {
  await engine.run(`CREATE OR REPLACE TABLE work.newest AS ${selectNewest({ select, parts }, atUs / 1000)}`);
  const keys = names('key', parts.keys.length).map((key) => `${key}, `);
  const features = names('feature', parts.features.length).map((feature) => `${feature} DESC NULLS LAST`);
  await engine.run(
    `CREATE OR REPLACE TABLE work.later AS SELECT *, epoch_us(event) AS event_us, epoch_us(known) AS known_us FROM (${select})
     WHERE epoch_us(available) > ${Math.round(atUs)} AND isfinite(available)
     QUALIFY row_number() OVER (PARTITION BY ${keys.join('')}event, available ORDER BY ${['known DESC', ...features].join(', ')}) = 1`,
  );
  const [row] = await engine.rows('SELECT (SELECT count(*) FROM work.newest) AS keys, (SELECT count(*) FROM work.later) AS later');
  return { keys: numberIn(row, 'keys') ?? 0, later: numberIn(row, 'later') ?? 0 };
}

async function figuresOf(
  engine: Engine,
  { keys, since, newestUs }: { readonly keys: readonly string[]; readonly since: string; readonly newestUs: number | null },
): Promise<{ readonly late: number; readonly newestUs: number | null }> {
  const isNew = `NOT EXISTS (SELECT 1 FROM work.before a WHERE ${equalKeys([...keys, 'event'])})`;
  const late = newestUs === null ? '0' : `(SELECT count(*) FROM work.changed r WHERE n > 0 AND epoch_us(event) < ${newestUs} AND ${isNew})`;
  const [row] = await engine.rows(`SELECT ${late} AS late, epoch_us(max(r.event)) AS newest FROM work.after r WHERE ${since}true`);
  return { late: numberIn(row, 'late') ?? 0, newestUs: numberIn(row, 'newest') };
}

function greater(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}

/** SQL: whether rows `a` and `r` have the same keys; those of a view without keys always do. */
function equalKeys(keys: readonly string[]): string {
  return keys.length === 0 ? 'true' : keys.map((key) => `a.${key} = r.${key}`).join(' AND ');
}

function numberIn(row: Row | undefined, name: string): number | null {
  const value = row?.[name] ?? null;
  return value === null ? null : Number(value);
}

async function computeWhole({ engine, show }: RefreshEngine, order: ViewOrder, reason: string): Promise<Change> {
  const { view, now, atUs } = order;
  await inSql(order, async () => {
    await show(now, null);
    await engine.run(`CREATE OR REPLACE TABLE work.after AS ${view.select}`);
  });
  const rows = await makeRows(engine, { select: 'SELECT * FROM work.after', parts: view.parts }, atUs);
  const [row] = await engine.rows('SELECT epoch_us(max(event)) AS newest FROM work.after');
  return { computed: 'everything', reason, about: null, ...rows, gone: [], lateRows: 0, newestEventUs: numberIn(row, 'newest') };
}

async function inSql({ view }: ViewOrder, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw engineFailure(view.definition.source, error);
  }
}
