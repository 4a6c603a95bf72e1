import type { Certificate, DatasetVersion } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import type { Difference, Differences } from './compare-tables.ts';
import { findUsualValues, type LateColumn, lateColumnsOf, showAll, showKnownAt, showShuffled, type World } from './late-columns.ts';
import type { ReplayQuery, Span } from './replay-query.ts';
import { engineFailure } from './sql-source.ts';
import { namesIn } from './sql-text.ts';

/** What the time-travel replay of a feature service found. */
export interface Replay {
  /** ISO 8601; empty when nothing that is read is declared to be known late. */
  readonly probedAt: readonly string[];
  readonly probedRows: number;
  readonly leaks: Certificate['leaks'];
  /** Columns that came out otherwise and also do when the same rows lie in another order: it cannot be told which. */
  readonly unstable: readonly { readonly column: string; readonly rowsDiffering: number; readonly rowsCompared: number }[];
}

export interface ReplayRequest {
  readonly datasets: readonly DatasetVersion[];
  readonly queries: readonly ReplayQuery[];
  /** Table with the column `time`, whose quantiles are the moments. */
  readonly rows: ReplayQuery;
  readonly signal: AbortSignal;
  readonly progress: (fraction: number) => void;
}

/** Where among the row times the moments lie. */
const quantiles = [0.25, 0.5, 0.9];

/**
 * Computes the queries again as at a few moments, each time with every value hidden that was not known yet, and compares with what they
 * give now. A query that reads only what was known cannot tell the difference; docs/explanation/point-in-time.md says why this
 * finds what looks ahead and nothing else.
 */
export async function replay(engine: Engine, request: ReplayRequest): Promise<Replay> {
  const late = lateColumnsOf(request.datasets);
  const queries = request.queries.filter((query) => late.some((column) => query.reads.includes(column.dataset)));
  if (queries.length === 0) return { probedAt: [], probedRows: 0, leaks: [], unstable: [] };
  await showAll(engine, request.datasets);
  for (const query of new Set([request.rows, ...queries])) await computeAll(engine, query);
  await findUsualValues(engine, request.datasets, late);
  const spans = await spansOf(engine, request.rows.table);
  const results: Omit<Replay, 'probedAt'>[] = [];
  for (const [index, query] of queries.entries()) {
    results.push(await replayQuery(engine, { query, spans, late, request }));
    request.progress((index + 1) / queries.length);
  }
  return {
    probedAt: spans.map(({ until }) => new Date(`${until.replace(' ', 'T')}Z`).toISOString()),
    probedRows: results.reduce((sum, result) => sum + result.probedRows, 0),
    leaks: results.flatMap((result) => result.leaks),
    unstable: results.flatMap((result) => result.unstable),
  };
}

async function computeAll(engine: Engine, query: ReplayQuery): Promise<void> {
  await engine.run(`CREATE OR REPLACE TABLE ${query.table} AS ${query.select}`).catch((error: unknown) => {
    throw engineFailure(query.source, error);
  });
}

interface QueryReplay {
  readonly query: ReplayQuery;
  /** Spans between the moments: what lies before the one before was compared there, with more hidden. */
  readonly spans: readonly Span[];
  readonly late: readonly LateColumn[];
  readonly request: ReplayRequest;
}

interface Found {
  readonly span: Span;
  readonly world: World;
  readonly differences: Differences;
}

async function replayQuery(engine: Engine, told: QueryReplay): Promise<Omit<Replay, 'probedAt'>> {
  const { query, spans, late } = told;
  const found: Found[] = [];
  for (const span of spans) {
    for (const world of query.worlds) {
      const differences = await replayAt(engine, told, { span, world, hide: late });
      if (differences !== null) found.push({ span, world, differences });
    }
  }
  const probedRows = spans.reduce(
    (sum, span) => sum + Math.max(0, ...found.filter((one) => one.span === span).map((one) => one.differences.rows)),
    0,
  );
  const differing = sumByColumn(spans, found);
  if (differing.size === 0) return { probedRows, leaks: [], unstable: [] };
  const shaky = await unstableColumns(engine, told);
  const sources = await sourcesOf(engine, told, worstOf(found));
  const columns = [...differing].map(([name, { differing: rowsDiffering, compared: rowsCompared }]) => ({
    isShaky: shaky.has(name),
    source: sources.get(name) ?? null,
    told: { column: name === '' ? query.rowsAre : name, rowsDiffering, rowsCompared },
  }));
  return {
    probedRows,
    leaks: columns.filter((column) => !column.isShaky).map(({ told: leak, source }) => ({ ...leak, ...nameSource(source) })),
    unstable: columns.filter((column) => column.isShaky).map((column) => column.told),
  };
}

function nameSource(source: LateColumn | null): { readonly source: string | null; readonly knownAt: string | null } {
  if (source === null) return { source: null, knownAt: null };
  return { source: `${source.dataset}.${source.column}`, knownAt: `${source.dataset}.${source.knownAt}` };
}

interface Hidden {
  readonly span: Span;
  readonly world: World;
  readonly hide: readonly LateColumn[];
}

/** @returns null when the query cannot be computed with values that were made up: that says nothing about it */
async function replayAt(engine: Engine, { query, request }: QueryReplay, { span, world, hide }: Hidden): Promise<Differences | null> {
  request.signal.throwIfAborted();
  await showKnownAt(engine, request.datasets, { at: span.until, world, hide });
  try {
    return await query.compare(engine, span);
  } catch (error) {
    if (world === 'otherwise') return null;
    throw error;
  }
}

async function spansOf(engine: Engine, table: string): Promise<readonly Span[]> {
  const [row] = await engine.rows(
    `SELECT list_transform(quantile_disc(time, ${JSON.stringify(quantiles)}), lambda t: CAST(t AS VARCHAR)) AS moments FROM ${table}`,
  );
  const found = row?.['moments'];
  const moments = Array.isArray(found) ? [...new Set(found.filter((at) => at !== null).map(String))] : [];
  return moments.map((until, index) => ({ after: moments[index - 1] ?? null, until }));
}

/** Of several worlds at one moment the one with more differences counts; moments add up. */
function sumByColumn(spans: readonly Span[], found: readonly Found[]): ReadonlyMap<string, Difference> {
  const sums = new Map<string, Difference>();
  for (const span of spans) {
    const here = found.filter((one) => one.span === span).map((one) => one.differences.byColumn);
    for (const name of new Set(here.flatMap((byColumn) => [...byColumn.keys()]))) {
      const worst = here.map((byColumn) => byColumn.get(name)).reduce((a, b) => ((b?.differing ?? 0) > (a?.differing ?? 0) ? b : a));
      const before = sums.get(name) ?? { differing: 0, compared: 0 };
      if (worst !== undefined)
        sums.set(name, { differing: before.differing + worst.differing, compared: before.compared + worst.compared });
    }
  }
  return sums;
}

function worstOf(found: readonly Found[]): Found {
  const size = ({ differences }: Found): number => [...differences.byColumn.values()].reduce((sum, one) => sum + one.differing, 0);
  return found.reduce((a, b) => (size(b) > size(a) ? b : a));
}

/** Columns that depend on the order in which rows happen to lie, for instance where an ORDER BY leaves ties. */
async function unstableColumns(engine: Engine, { query, request, spans }: QueryReplay): Promise<ReadonlySet<string>> {
  await showShuffled(
    engine,
    request.datasets.filter((version) => query.reads.includes(version.dataset)),
  );
  const { byColumn } = await query.compare(engine, { after: null, until: spans.at(-1)?.until ?? 'infinity' });
  return new Set(byColumn.keys());
}

/**
 * For each differing column the late column that makes it differ alone; of several the one that changes most rows. Columns that the
 * SQL names are tried first: the others can only come in by a `*`.
 */
async function sourcesOf(engine: Engine, told: QueryReplay, worst: Found): Promise<ReadonlyMap<string, LateColumn>> {
  const { query, late } = told;
  const named = namesIn(query.source.sql);
  const candidates = late.filter((column) => query.reads.includes(column.dataset));
  const likely = candidates.filter(({ column }) => named.has(column.toLowerCase()));
  const found = await tryOneByOne(engine, told, { worst, columns: likely });
  return found.size > 0 ? found : tryOneByOne(engine, told, { worst, columns: candidates.filter((column) => !likely.includes(column)) });
}

async function tryOneByOne(
  engine: Engine,
  told: QueryReplay,
  { worst: { span, world }, columns }: { readonly worst: Found; readonly columns: readonly LateColumn[] },
): Promise<ReadonlyMap<string, LateColumn>> {
  const best = new Map<string, { readonly column: LateColumn; readonly differing: number }>();
  for (const column of columns) {
    const found = await replayAt(engine, told, { span, world, hide: [column] });
    for (const [name, { differing }] of found?.byColumn ?? [])
      if (differing > (best.get(name)?.differing ?? 0)) best.set(name, { column, differing });
  }
  return new Map([...best].map(([name, { column }]) => [name, column]));
}
