import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shape } from '@tidegate/formats';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { parseYaml } from '../../config/index.ts';
import { standardSchemas } from '../contract/standard/standard-mistakes.ts';
import { testDataset } from '../test-dataset.ts';
import { inferenceOf } from './test-infer.ts';

function isValidOdcs(text: string): string {
  const document = parseYaml('c.yaml', text, shape.anything());
  if (!document.ok) return JSON.stringify(document.failure);
  const validate = new Ajv2019({ strict: false, allErrors: true, validateFormats: false }).compile(standardSchemas['v3.1.0']);
  return validate(document.value) ? 'valid' : JSON.stringify(validate.errors);
}

test('hostile data gives a data contract that its rows keep: nulls only, one value, infinities, long texts, mixed zones', async () => {
  const queries = {
    nulls: 'SELECT CAST(NULL AS INTEGER) AS n, CAST(NULL AS VARCHAR) AS s, CAST(NULL AS TIMESTAMP) AS t FROM range(50)',
    'one row': "SELECT 1 AS n, 'x' AS s, 0.5::DOUBLE AS d, DATE '2020-01-01' AS day",
    'one value': "SELECT 7 AS n, 'x' AS s, 0.1::DOUBLE AS d FROM range(200)",
    infinities:
      "SELECT CASE i % 4 WHEN 0 THEN 'Infinity' WHEN 1 THEN '-Infinity' WHEN 2 THEN 'NaN' ELSE CAST(i AS VARCHAR) END::DOUBLE AS d FROM range(200) t(i)",
    'all infinite': "SELECT 'Infinity'::DOUBLE AS d FROM range(200)",
    huge: 'SELECT (CASE WHEN i % 2 = 0 THEN -1.7e308 ELSE 1.7e308 END)::DOUBLE AS d, (9223372036854775807 - i) AS n FROM range(200) t(i)',
    'infinite times':
      "SELECT CASE WHEN i = 0 THEN 'infinity'::TIMESTAMP ELSE TIMESTAMP '2020-01-01' + to_days(i::INT) END AS t FROM range(200) t(i)",
    'long texts': 'SELECT repeat(chr(97 + (i % 26)::INT), 1000000) || i AS s FROM range(20) t(i)',
    'mixed zones':
      "SELECT ('2024-03-31 0' || i % 8 || ':30:00' || ['+02', '-05', '+00'][1 + i % 3])::TIMESTAMPTZ AS t, '12:0' || i % 6 AS c FROM range(200) t(i)",
    nested: 'SELECT [i, i + 1] AS l, {a: i} AS o FROM range(50) t(i)',
    'odd names': 'SELECT i AS "a: b", i % 3 AS "#c", i % 5 AS "d""e", i % 7 AS "f\ng" FROM range(50) t(i)',
  };
  for (const [name, query] of Object.entries(queries)) {
    const { text } = await inferenceOf(query);

    assert.equal(isValidOdcs(text), 'valid', `${name}: ${text}`);
    await using dataset = await testDataset();
    await dataset.writeParquet('t.parquet', query);
    const { result } = await dataset.run({ contract: text });
    assert.deepEqual(
      result.evidence.filter(({ verdict }) => verdict !== 'pass').map((one) => `${name}: ${one.name}`),
      [],
      text,
    );
  }
});
