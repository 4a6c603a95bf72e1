import { type Digest, hexOf, type MonitorWindow } from '@tidegate/formats';
import { type Engine, predictionsQuery, quoteName, quoteText } from '@tidegate/runtime';
import { halfColumn } from '../data/index.ts';

export interface WindowRequest {
  /** Folder of a prediction log. */
  readonly log: string;
  readonly release: Digest;
  /** Milliseconds since 1970: predictions of moments after `fromMs`, up to `untilMs`. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Name of the table that is made. */
  readonly table: string;
  /** Rows that are looked at at most; of more, one in so many is taken. Default 500,000. */
  readonly mostRows?: number;
}

export interface PredictionWindow {
  readonly window: MonitorWindow;
  /** Columns of the table, those of the log and {@link halfColumn}. Without rows there is no table. */
  readonly columns: ReadonlySet<string>;
}

/** Makes a table of the predictions of one release in a window of moments, each in one of two halves by a hash of its id. */
export async function predictionWindow(engine: Engine, request: WindowRequest): Promise<PredictionWindow> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await readWindow(engine, request);
    } catch (error) {
      // a server may turn a segment into Parquet, or take the oldest file away, between looking and reading
      if (attempt === 5 || !(error instanceof Error && error.message.startsWith('IO Error'))) throw error;
    }
  }
}

async function readWindow(engine: Engine, request: WindowRequest): Promise<PredictionWindow> {
  const { fromMs, untilMs, release, table, mostRows = 500_000 } = request;
  const query = await predictionsQuery(request.log);
  const window = { from: isoOf(fromMs), until: isoOf(untilMs), rows: 0, ofOtherReleases: 0, oneIn: 1 };
  if (query === null) return { window, columns: new Set() };
  const isIn = `epoch_ms("at") > ${fromMs} AND epoch_ms("at") <= ${untilMs}`;
  const isOwn = `replace(release, 'sha256:', '') = ${quoteText(hexOf(release))}`;
  const [found = {}] = await engine.rows(
    `SELECT count(*) FILTER (${isOwn}) AS own, count(*) FILTER (NOT ${isOwn}) AS others FROM (${query}) WHERE ${isIn}`,
  );
  const oneIn = Math.max(1, Math.ceil(Number(found['own']) / mostRows));
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE ${quoteName(table)} AS SELECT *, (md5_number_lower(id) % 2)::INT AS ${quoteName(halfColumn)}
     FROM (${query}) WHERE ${isIn} AND ${isOwn}${oneIn === 1 ? '' : ` AND md5_number_upper(id) % ${oneIn} = 0`}`,
  );
  const [taken = {}] = await engine.rows(`SELECT count(*) AS rows FROM ${quoteName(table)}`);
  const columns = (await engine.describe(`SELECT * FROM ${quoteName(table)}`)).map(({ name }) => name);
  return {
    window: { ...window, rows: Number(taken['rows']), ofOtherReleases: Number(found['others']), oneIn },
    columns: new Set(columns),
  };
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
