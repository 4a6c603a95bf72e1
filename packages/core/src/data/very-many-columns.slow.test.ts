import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEngine, quoteText } from '@tidegate/runtime';
import { testDataset } from './test-dataset.ts';

const count = 10_000;
const broken = 6_789;

/** A third are fractions, a third whole numbers, a third texts; one value of one column is out of bounds. */
function valueSql(at: number): string {
  if (at === broken) return `CASE WHEN i = 7 THEN -1 ELSE i END AS c${at}`;
  return [`i / ${(at % 13) + 2} AS c${at}`, `i % ${(at % 17) + 1} AS c${at}`, `'k' || i % ${(at % 19) + 1} AS c${at}`][at % 3] ?? '';
}

const properties = Array.from({ length: count }, (_, at) => {
  const options = at % 3 === 2 ? '{ pattern: "^k[0-9]+$" }' : '{ minimum: 0, maximum: 200 }';
  return `      - { name: c${at}, required: true, logicalTypeOptions: ${options}, logicalType: ${['number', 'integer', 'string'][at % 3]} }`;
});
const contract = `
apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema:
  - name: t
    properties:
${properties.join('\n')}
`;

test(
  'ten thousand columns get a profile and a verdict on each of some 46,700 checks, in bounded memory',
  { timeout: 900_000 },
  async () => {
    await using dataset = await testDataset();
    await dataset.write('t.parquet', '');
    {
      using engine = await openEngine({ threads: 1 });
      const values = Array.from({ length: count }, (_, at) => valueSql(at));
      // dictionaries of so many columns would not fit in memory
      await engine.run(
        `COPY (SELECT ${values.join(', ')} FROM range(200) r(i)) TO ${quoteText(join(dataset.root, 't.parquet'))} (FORMAT parquet, DICTIONARY_SIZE_LIMIT 1)`,
      );
    }

    const { version } = await dataset.run({ contract });

    const failed = version.checks.filter(({ verdict }) => verdict !== 'pass');
    assert.deepEqual(
      failed.map(({ name, failingRows, examples }) => [name, failingRows, examples.length]),
      [[`c${broken}.minimum`, 1, 1]],
    );
    assert.equal(
      version.checks.length,
      properties.reduce((sum, _, at) => sum + (at % 3 === 2 ? 4 : 5), 0),
    );
    assert.equal(version.profile.columns.length, count);
    assert.deepEqual(
      version.profile.columns.filter(({ nulls, distinct }) => nulls > 0 || distinct < 1),
      [],
    );
    assert.equal(version.profile.columns[broken]?.min, -1);
    const peak = process.resourceUsage().maxRSS * 1024;
    assert.ok(peak < 2e9, `${peak} bytes`);
  },
);
