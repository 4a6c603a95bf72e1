import { join } from 'node:path';
import { digest, type Digest, type ReleaseManifest, type ReplayedRelease, type ReplayReport } from '@tidegate/formats';
import { type Engine, openEngine, predictionsQuery, quoteText } from '@tidegate/runtime';
import { readRelease } from '../../packaging/index.ts';
import { mkdir } from '../../platform/index.ts';
import { openScorer, type ScorerOptions } from '../scorer.ts';
import { writeTable } from '../write-table.ts';
import { replayRelease } from './replay-release.ts';
import { featuresOf, nothing, sum, type Tally } from './tally.ts';

export interface ReplayOrder extends Pick<ScorerOptions, 'store' | 'argv' | 'signature' | 'python' | 'variables' | 'folder' | 'signal'> {
  readonly project: string;
  readonly environment: string;
  readonly service: string;
  /** Folder of the prediction log. */
  readonly log: string;
  /** Moments of the predictions, milliseconds since 1970: `sinceMs` is in, `untilMs` is out; null = open. */
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  /** How far apart two numbers may be and still count as close, relative to the greater of them, or to 1 when both are smaller. */
  readonly tolerance: number;
  /** Names whose values the log has as hashes, in the rows of a release. */
  readonly hiddenIn: (release: Digest) => Promise<readonly string[]>;
  /** What the features of a release are computed from. */
  readonly dataOf: (manifest: ReleaseManifest) => Promise<ReplayData>;
  /** File with a row for each prediction compared; null = none. */
  readonly output: string | null;
  /** @param rows compared so far */
  readonly progress: (doing: string, rows: number) => void;
}

export interface ReplayData extends Pick<ScorerOptions, 'datasets'> {
  readonly versions: { readonly [dataset: string]: Digest };
}

/** Scores the predictions of a log again, each with the release that answered it, and says what is not the same. */
export async function replayLog(order: ReplayOrder): Promise<ReplayReport> {
  const { folder, signal, progress, store } = order;
  using engine = await openEngine({ threads: 1, memory: '500MB', spill: join(folder, 'spill'), signal });
  progress('reading the prediction log', 0);
  const logged = join(folder, 'logged.parquet');
  let all = nothing;
  const releases: ReplayedRelease[] = [];
  const files: string[] = [];
  const datasets: { [dataset: string]: Digest } = {};
  for (const release of await readLog(engine, order, logged)) {
    const own = join(folder, release.slice(7, 23));
    await mkdir(join(own, 'compared'), { recursive: true });
    const manifest = await readRelease(store, release);
    const data = await order.dataOf(manifest);
    Object.assign(datasets, data.versions);
    progress('loading the model and the features', all.rows.logged);
    await using scorer = await openScorer({ ...order, datasets: data.datasets, release, folder: own });
    await engine.run(`CREATE OR REPLACE TABLE logged AS FROM read_parquet(${quoteText(logged)}) WHERE release = ${quoteText(release)}`);
    const hidden = await order.hiddenIn(release);
    const before = all.rows.logged;
    const replayed = await replayRelease(engine, {
      ...order,
      release,
      manifest,
      scorer,
      hidden,
      logged: 'logged',
      folder: own,
      progress: (rows) => progress('comparing', before + rows),
    });
    all = sum(all, replayed.tally);
    releases.push({ release, ...replayed.tally.rows });
    files.push(...replayed.files);
  }
  if (order.output !== null && files.length > 0) await writeTable(engine, files, order.output);
  return reportOf(order, { all, releases, datasets });
}

/** Keeps the rows of the log as they are now, for a server may be writing it. @returns the releases that answered them */
async function readLog(engine: Engine, { log, sinceMs, untilMs }: ReplayOrder, into: string): Promise<readonly Digest[]> {
  const query = await predictionsQuery(log);
  if (query === null) return [];
  const since = sinceMs === null ? [] : [`epoch_ms("at") >= ${sinceMs}`];
  const until = untilMs === null ? [] : [`epoch_ms("at") < ${untilMs}`];
  const wanted = ['true', ...since, ...until].join(' AND ');
  await engine.run(`COPY (SELECT * FROM (${query}) WHERE ${wanted}) TO ${quoteText(into)} (FORMAT parquet)`);
  const found = await engine.rows(`SELECT release FROM read_parquet(${quoteText(into)}) GROUP BY release ORDER BY min(id)`);
  return found.map((row) => digest(String(row['release'])));
}

interface Replayed extends Pick<ReplayReport, 'releases' | 'datasets'> {
  readonly all: Tally;
}

function reportOf(order: ReplayOrder, { all, releases, datasets }: Replayed): ReplayReport {
  const { project, environment, service, tolerance } = order;
  const { compared, differing, refused, withOtherFeatures } = all.rows;
  const isSame = differing + refused + withOtherFeatures === 0;
  return {
    format: 'tidegate.replay/1',
    project,
    environment,
    service,
    since: isoOf(order.sinceMs),
    until: isoOf(order.untilMs),
    tolerance,
    rows: all.rows,
    releases,
    features: featuresOf(all),
    examples: all.examples,
    datasets,
    verdict: compared === 0 ? 'inconclusive' : isSame ? 'pass' : 'fail',
  };
}

function isoOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
