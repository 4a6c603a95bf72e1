import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { openSqliteOnlineStore } from '@tidegate/runtime';
import fc from 'fast-check';
import { loadDefinitions, materialise } from '../features/index.ts';
import { makeScoringBench, type ScoringBench } from './test-bench.ts';
import { type Harbour, storeHarbour } from './test-harbour.ts';
import { askService, type Said, startService } from './test-service.ts';

const start = Date.UTC(2024, 0, 1);
const minute = 60_000;

interface Event {
  readonly pier: string | null;
  /** Minutes after the start. */
  readonly event: number | null;
  readonly known: number | null;
  readonly speed: number | null;
  readonly gust: number | null;
}

interface Request {
  /** Which of the moments. */
  readonly moment: number;
  readonly pier: string | null;
  /** What is no number is a mistake. */
  readonly depth: number | string | null;
}

interface Story {
  readonly events: readonly Event[];
  readonly moments: readonly number[];
  readonly requests: readonly Request[];
  readonly ttl: number | null;
}

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 8 });
const minutes = fc.integer({ min: 0, max: 12 });
const number = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY));
const piers = fc.constantFrom('a', 'b', '', 'c, "quoted"', 'é');
const story: fc.Arbitrary<Story> = fc.record({
  events: fc.array(
    fc.record({ pier: maybe(piers), event: maybe(minutes), known: maybe(minutes), speed: maybe(number), gust: maybe(number) }),
    {
      minLength: 10,
      maxLength: 60,
    },
  ),
  moments: fc.uniqueArray(minutes, { minLength: 2, maxLength: 5 }),
  requests: fc.array(
    fc.record({
      moment: fc.integer({ min: 0, max: 4 }),
      pier: maybe(fc.oneof(piers, fc.constant('nowhere'))),
      depth: maybe(fc.oneof(fc.double({ min: -1e3, max: 1e3, noNaN: true }), fc.constantFrom(1e39, 'deep', '1_000', ' '))),
    }),
    { minLength: 20, maxLength: 60 },
  ),
  ttl: fc.constantFrom(null, 1, 3),
});

test('whatever the history and whatever is asked, a batch says what the service says as of the same moments, row by row', async (t) => {
  await fc.assert(
    fc.asyncProperty(story, async (one) => {
      const bench = makeScoringBench(t);
      const harbour = await storeHarbour(bench.store, bench.folder, {
        wind: selectOf(one.events),
        ttlMs: one.ttl === null ? null : one.ttl * minute,
      });
      const moments = one.moments.toSorted((a, b) => a - b);
      const requests = one.requests
        .map((request) => ({ ...request, at: start + (moments[request.moment % moments.length] ?? 0) * minute }))
        .toSorted((a, b) => a.at - b.at);

      const online = await answersOf(t, { bench, harbour, requests });
      const offline = await scoresOf(bench, harbour, requests);

      assert.deepEqual(offline, online);
    }),
    { numRuns: Number(process.env['TIDEGATE_RUNS'] ?? 12), endOnFailure: true },
  );
});

interface Asked extends Request {
  /** Milliseconds since 1970. */
  readonly at: number;
}

function selectOf(events: readonly Event[]): string {
  const moment = (value: number | null): string =>
    value === null ? 'NULL::TIMESTAMP' : `TIMESTAMP '2024-01-01' + INTERVAL (${value}) MINUTE`;
  const double = (value: number | null): string =>
    value === null ? 'NULL::DOUBLE' : `'${Object.is(value, -0) ? '-0' : String(value)}'::DOUBLE`;
  const text = (value: string | null): string => (value === null ? 'NULL::VARCHAR' : `'${value}'`);
  return events
    .map(
      ({ pier, event, known, speed, gust }) =>
        `SELECT ${text(pier)} AS pier, ${moment(event)} AS event, ${moment(known)} AS known, ${double(speed)} AS speed, ${double(gust)} AS gust`,
    )
    .join(' UNION ALL ');
}

interface Online {
  readonly bench: ScoringBench;
  readonly harbour: Harbour;
  readonly requests: readonly Asked[];
}

/** Moment after moment: the newest features go into a real store, then a real server is asked, each row by itself. */
async function answersOf(t: TestContext, { bench, harbour, requests }: Online): Promise<readonly Said[]> {
  const online = openSqliteOnlineStore(bench.path('online.sqlite'));
  const service = await startService(bench, harbour.release, ['--online', bench.path('online.sqlite')]);
  t.after(service.kill);
  const definition = await loadDefinitions(bench.store, harbour.definitions);
  const said: Said[] = [];
  let atMs: number | null = null;
  for (const { at, pier, depth } of requests) {
    if (at !== atMs)
      await materialise({
        store: bench.store,
        online,
        service: 'harbour',
        definition,
        datasets: harbour.datasets,
        known: ['wind'],
        atMs: at,
        folder: bench.path('materialise'),
        signal: new AbortController().signal,
      });
    atMs = at;
    said.push(await askService(service.address, { at: new Date(at).toISOString(), rows: [{ pier, depth }] }));
  }
  online.close();
  await service.kill();
  return said;
}

async function scoresOf(
  bench: ScoringBench,
  { release, datasets, versions }: Harbour,
  requests: readonly Asked[],
): Promise<readonly Said[]> {
  const cell = (value: string | number | null): string => (value === null ? '' : `"${String(value).replaceAll('"', '""')}"`);
  const lines = requests.map(({ at, pier, depth }, row) => [row, new Date(at).toISOString(), pier, depth].map(cell).join(','));
  await writeFile(bench.path('rows.csv'), `${['row,at,pier,depth', ...lines].join('\n')}\n`);
  const { receipt } = await bench.score(release, { input: 'rows.csv', output: 'scored.parquet', datasets, versions, chunkRows: 17 });
  assert.equal(receipt.scored + receipt.quarantined, requests.length);
  const said: Said[] = [];
  for (const row of await bench.read('scored.parquet')) {
    const features = row['features'];
    const prediction = row['prediction'];
    said[Number(row['row'])] = {
      prediction: typeof prediction === 'number' ? prediction : null,
      ...(typeof features === 'string' && { features: JSON.parse(features) as NonNullable<Said['features']> }),
    };
  }
  for (const row of await bench.read('quarantine-of-scored.parquet')) said[Number(row['row']) - 1] = { code: String(row['code']) };
  return said;
}
