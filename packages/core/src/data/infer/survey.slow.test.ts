import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from '@tidegate/runtime';
import { readVersion } from '../read-version.ts';
import { datasetSql } from '../read/dataset-sql.ts';
import { testDataset } from '../test-dataset.ts';
import { type ColumnSurvey, surveyTable } from './survey.ts';

/** By column what is known of its texts, numbers and classes. */
async function surveysOf(query: string): Promise<ReadonlyMap<string, ColumnSurvey>> {
  await using dataset = await testDataset();
  await dataset.writeParquet('t.parquet', query);
  const { result } = await dataset.run({});
  const version = await readVersion(dataset.store, result.outputs['version'] ?? assert.fail());
  using engine = await openEngine({ threads: 1 });
  const rows = await datasetSql(dataset.store, version, version.tree);
  const surveys = await surveyTable({ engine, rows, version, personal: new Set() });
  return new Map(surveys.map((survey) => [survey.column.name, survey]));
}

const texts = {
  mail: "'user' || i % 4 || '@secret.example'",
  phone: "'+49 30 123456' || i % 4",
  iban: "'DE44500105175407324931' || i % 4",
  spaced: "CASE WHEN i % 4 = 3 THEN ' a' ELSE 'a-' || i % 4 END",
  garbled: "CASE WHEN i % 4 = 3 THEN 'MÃ¼ller' ELSE 'Müller' END",
  umlaut: "'Jürgen ' || i % 4",
  absent: "CASE WHEN i % 4 = 0 THEN NULL ELSE 'x.' || i % 4 END",
  signs: "'(a|b)*' || i % 4 || chr(10) || '\\ü'",
};

/** So many rows; the last of them is another, of which the first ones know nothing. */
const query = (rows: number): string =>
  `SELECT i AS id, ${Object.entries(texts)
    .map(([name, sql]) => `${sql} AS ${name}`)
    .join(
      ', ',
    )}, CASE WHEN i = ${rows - 1} THEN 'no code' ELSE 'K-' || i END AS code, CASE i % 3 WHEN 0 THEN 'Infinity'::DOUBLE ELSE i % 3 END AS n,
  (i % 7)::DOUBLE AS whole FROM range(${rows}) t(i)`;

test('texts that repeat are judged by each different one as they are by each row', async () => {
  const [few, many] = [await surveysOf(query(40_000)), await surveysOf(query(120_000))];

  for (const name of Object.keys(texts)) {
    const [a, b] = [few.get(name) ?? assert.fail(), many.get(name) ?? assert.fail()];
    const { personal: before, ...text } = a.text ?? assert.fail();
    const { personal: after, ...same } = b.text ?? assert.fail();
    assert.deepEqual(same, text, name);
    assert.deepEqual(Object.fromEntries(Object.entries(after).map(([kind, count]) => [kind, count / 3])), before, name);
    assert.deepEqual(
      b.classes?.map(([value, count]) => [value, count / 3]),
      a.classes,
      name,
    );
    assert.deepEqual([b.greatest[0], b.least[0]], [a.greatest[0], a.least[0]], name);
  }
  const facts = (name: string): unknown => {
    const { text, classes } = many.get(name) ?? assert.fail();
    return [text?.skeleton, text?.isTrimmed, text?.isGarbled, classes?.length];
  };
  assert.deepEqual(facts('mail'), ['w@w.w', true, false, 4]);
  assert.deepEqual(many.get('mail')?.text?.personal, { email: 120_000, phone: 0, iban: 0 });
  assert.deepEqual(many.get('phone')?.text?.personal, { email: 0, phone: 120_000, iban: 0 });
  assert.deepEqual(many.get('iban')?.text?.personal, { email: 0, phone: 0, iban: 120_000 });
  assert.deepEqual(facts('spaced'), [null, false, false, 4]);
  assert.deepEqual(facts('garbled'), [null, true, true, 2]);
  assert.deepEqual(facts('umlaut'), ['wüw w', true, false, 4]);
  assert.deepEqual(facts('absent'), ['w.w', true, false, 3]);
  assert.deepEqual(facts('signs'), ['(w|w)*w\n\\ü', true, false, 4]);
});

test('the form of all texts is known from the last as well as from the first, and infinities are no outermost values', async () => {
  const surveys = await surveysOf(query(40_000));

  assert.equal(surveys.get('code')?.text?.skeleton, null);
  assert.equal((await surveysOf("SELECT 'K-' || i AS code FROM range(3000) t(i)")).get('code')?.text?.skeleton, 'w-w');
  const { greatest, least, infinite } = surveys.get('n') ?? assert.fail();
  assert.deepEqual([greatest[0], least[0], infinite], [2, 1, 13_334]);
  assert.deepEqual([surveys.get('whole')?.greatest[0], surveys.get('whole')?.infinite], [6, 0]);
});
