import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { openEngine, quoteText } from '@tidegate/runtime';
import { type TestPlace, testPlace } from '../packages/cli/src/test-place.ts';

/** What data can be that nobody meant it to be: a query, or the bytes of a file by its name. */
const inputs: readonly {
  readonly what: string;
  readonly query?: string;
  readonly file?: readonly [string, string | Uint8Array];
  /** The error that a run comes to; null where there is a version. */
  readonly error: RegExp | null;
}[] = [
  { what: 'no rows in Parquet', query: 'SELECT i AS a FROM range(0) t(i)', error: /TG-DATA-FILE-EMPTY/ },
  { what: 'no bytes', file: ['t.csv', ''], error: /TG-DATA-FILE-EMPTY/ },
  { what: 'a header and no rows', file: ['t.csv', 'a,b\n'], error: /TG-DATA-FILE-EMPTY/ },
  { what: 'no value anywhere', query: 'SELECT NULL::DOUBLE AS a, NULL::VARCHAR AS b, NULL::TIMESTAMP AS c FROM range(100)', error: null },
  { what: 'no value anywhere and no type', query: 'SELECT NULL AS a FROM range(100)', error: null },
  { what: 'one value', query: "SELECT 1.5 AS a, 'x' AS b, TIMESTAMP '2024-01-01' AS c, true AS d FROM range(100)", error: null },
  { what: 'one row', query: "SELECT 1.5 AS a, 'x' AS b", error: null },
  {
    what: 'infinities',
    query:
      "SELECT CASE i % 3 WHEN 0 THEN 'inf'::DOUBLE WHEN 1 THEN '-inf'::DOUBLE ELSE i END AS a, CASE WHEN i % 2 = 0 THEN 'infinity'::TIMESTAMP ELSE '-infinity'::TIMESTAMP END AS b, 'inf'::FLOAT AS c FROM range(300) t(i)",
    error: null,
  },
  {
    what: 'NaN',
    query: "SELECT 'nan'::DOUBLE AS a, CASE WHEN i % 2 = 0 THEN 'nan'::DOUBLE ELSE i END AS b FROM range(300) t(i)",
    error: null,
  },
  {
    what: 'the largest numbers',
    query:
      'SELECT CASE WHEN i % 2 = 0 THEN 1.7e308 ELSE -1.7e308 END AS a, 170141183460469231731687303715884105727::HUGEINT AS b, 9223372036854775807 AS c FROM range(300) t(i)',
    error: null,
  },
  { what: 'texts of a megabyte', query: 'SELECT repeat(chr(97 + (i % 3)::INTEGER), 1000000) AS a, i AS b FROM range(8) t(i)', error: null },
  {
    what: 'mixed time zones',
    file: [
      't.csv',
      `at,n\n${['2024-01-01T10:00:00Z', '2024-01-01T10:00:00+05:30', '2024-01-01 10:00:00', '2024-06-01T10:00:00-08:00'].map((at, n) => `${at},${n}`).join('\n')}\n`,
    ],
    error: null,
  },
  { what: 'Parquet that is cut off', file: ['t.parquet', 'PAR1 and nothing after it'], error: /TG-DATA-FILE-BROKEN/ },
  { what: 'Parquet of other bytes', file: ['t.parquet', new Uint8Array(5000).fill(7)], error: /TG-DATA-FILE-BROKEN/ },
];

async function placeWith(place: TestPlace, { query, file }: (typeof inputs)[number]): Promise<void> {
  if (file !== undefined) writeFileSync(place.path(file[0]), file[1]);
  if (query === undefined) return;
  using engine = await openEngine({ threads: 1 });
  await engine.run(`COPY (${query}) TO ${quoteText(place.path('t.parquet'))} (FORMAT parquet)`);
}

for (const input of inputs)
  test(`bad data comes to a verdict or a clear error, never to a crash: ${input.what}`, async (t) => {
    const place = testPlace(t, { files: { 'tidegate.yaml': 'version: 1\nproject: bad\ndata: { t: { from: { files: t.* } } }\n' } });
    await placeWith(place, input);
    const called = async (...words: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await place.call(words);
      const said = `${stdout}${stderr}`;
      assert.doesNotMatch(said, /TG-CLI-BUG|please report|\bundefined\b|    at .+:\d+/, `${words.join(' ')}: ${said.slice(0, 2000)}`);
      assert.ok([0, 1, 2, 3, 4].includes(code), `${words.join(' ')} ended with ${code}: ${said.slice(0, 500)}`);
      return `${code} ${said}`;
    };

    const first = await called('run', 'data.t');
    if (input.error !== null) return assert.match(first, input.error);
    assert.doesNotMatch(first, /error TG-/);
    assert.match(await called('data', 'show', 't', '--json'), /"verdict": ?"inconclusive"/, 'without a data contract nothing is promised');
    const inferred = await called('data', 'infer', 't', '--write', 't.odcs.yaml');
    assert.match(inferred, /^0 /, inferred.slice(0, 500));
    assert.match(await called('contract', 'lint', 't.odcs.yaml'), /^0 /);
    place.write('tidegate.yaml', 'version: 1\nproject: bad\ndata: { t: { from: { files: "t.[pc]*" }, contract: t.odcs.yaml } }\n');
    const second = await called('run', 'data.t');
    assert.doesNotMatch(
      second,
      /error TG-|inconclusive|fail/,
      `the rows that it was inferred of keep the data contract: ${second.slice(0, 1500)}`,
    );
    const drift = await called('data', 'drift', 't', '--file', input.file?.[0] ?? 't.parquet');
    assert.doesNotMatch(drift, /error TG-/, drift.slice(0, 800));
  });

test('a data contract of 50 MB is refused in few words, or read', async (t) => {
  const place = testPlace(t, {
    files: {
      'tidegate.yaml': 'version: 1\nproject: long\ndata: { t: { from: { files: t.csv }, contract: t.odcs.yaml } }\n',
      't.csv': 'a\n1\n',
    },
  });
  const head =
    'apiVersion: v3.1.0\nkind: DataContract\nid: t\nversion: 1.0.0\nstatus: active\nschema:\n  - name: t\n    properties:\n      - { name: a, logicalType: integer }\n';
  place.write('t.odcs.yaml', `${head}description:\n  purpose: "${'x'.repeat(50 << 20)}"\n`);
  const { code, stdout, stderr } = await place.call(['run', 'data.t']);
  const said = `${stdout}${stderr}`;

  assert.doesNotMatch(said, /TG-CLI-BUG|please report/);
  assert.match(said, /TG-CONFIG-YAML-LIMIT/);
  assert.ok(said.length < 5000, `it says ${said.length} characters`);
  assert.equal(code, 2);
});
