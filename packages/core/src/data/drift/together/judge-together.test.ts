import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { JointFinding } from '@tidegate/formats';
import { type Engine, openEngine } from '@tidegate/runtime';
import { judgeTogether } from './judge-together.ts';
import { sampleRows } from './sampled-rows.ts';

async function engineFor(t: TestContext): Promise<Engine> {
  const engine = await openEngine({ threads: 1 });
  t.after(() => engine[Symbol.dispose]());
  return engine;
}

/** SQL of a number from 0 to 1 that only a row and a seed decide. */
const unit = (seed: number): string => `((hash(i * 1000 + ${seed}) % 1000003) / 1000003.0)`;

/** Rows from one number to another, with these columns. */
const rowsOf = (from: number, count: number, columns: string): string => `SELECT ${columns} FROM range(${from}, ${from + count}) r(i)`;

const numbers = ['x', 'y', 'z'].map((name) => ({ name, type: 'number' }) as const);
const related = `${unit(1)} AS x, ${unit(1)} + 0.3 * ${unit(2)} AS y, ${unit(3)} AS z`;
/** The same distribution of each column: y lies symmetrically around 0.65. */
const turned = `${unit(1)} AS x, 1.3 - (${unit(1)} + 0.3 * ${unit(2)}) AS y, ${unit(3)} AS z`;

function named(findings: readonly JointFinding[], name: string): JointFinding {
  return findings.find((finding) => finding.name === name) ?? assert.fail(`no ${name} among ${findings.map((one) => one.name).join(', ')}`);
}

test('two columns that go together the other way are found though each is as it was', async (t) => {
  const engine = await engineFor(t);

  const { verdict, findings } = await judgeTogether(engine, {
    reference: rowsOf(0, 800, related),
    current: rowsOf(5000, 600, turned),
    columns: numbers,
  });

  assert.equal(verdict, 'fail');
  const classifier = named(findings, 'classifier');
  assert.equal(classifier.verdict, 'fail');
  assert.deepEqual(
    classifier.telling
      .slice(0, 2)
      .map(({ column }) => column)
      .toSorted(),
    ['x', 'y'],
  );
  assert.match(
    classifier.reason,
    /^What 3 columns do together changed: AUC 0\.\d+ \(at least 0\.\d+, 0\.571 matters\), most by [xy], [xy]/,
  );
  assert.equal(named(findings, 'reconstruction').verdict, 'fail');
  const pairs = named(findings, 'pairs');
  assert.equal(pairs.verdict, 'fail');
  assert.deepEqual(
    pairs.pairs.map(({ terms }) => terms),
    [['x', 'y']],
  );
  assert.match(
    pairs.reason,
    /^Which of 3 columns go together changed: a correlation by 1\.\d+ \(at least 1\.\d+, 0\.314 matters\): x and y from 0\.9\d* to -0\.9\d*, 600 rows$/,
  );
});

test('rows of one distribution are told apart by nothing, and the same question gets the same answer', async (t) => {
  const engine = await engineFor(t);
  const question = { reference: rowsOf(0, 2500, related), current: rowsOf(5000, 2500, related), columns: numbers };

  const first = await judgeTogether(engine, question);

  assert.deepEqual(
    first.findings.map(({ verdict }) => verdict),
    ['pass', 'pass', 'pass'],
  );
  assert.deepEqual(await judgeTogether(engine, question), first);
});

test('what goes together from one span of time to another anyway is usual, and no drift', async (t) => {
  const engine = await engineFor(t);
  // each span of 250 rows has a level of its own, so that any span differs from all others
  const spans = (from: number, count: number): string =>
    rowsOf(
      from,
      count,
      `${unit(1)} + (hash(i // 250) % 7) / 4.0 AS x, ${unit(2)} + (hash(i // 250 + 900) % 7) / 4.0 AS y, ${unit(3)} AS z, i AS at`,
    );
  const question = { reference: spans(0, 4000), current: spans(50_000, 250), columns: numbers };

  const byRows = await judgeTogether(engine, question);
  const byWindows = await judgeTogether(engine, { ...question, windows: { orderBy: 'at', share: 250 / 4000 } });

  assert.equal(named(byRows.findings, 'classifier').verdict, 'fail');
  assert.notEqual(named(byWindows.findings, 'classifier').verdict, 'fail');
  assert.ok(named(byWindows.findings, 'classifier').limit > named(byRows.findings, 'classifier').limit + 0.2);
});

test('two columns that go together in every span are found when they no longer do, though a third is different in each', async (t) => {
  const engine = await engineFor(t);
  const spans = (from: number, count: number, speed: string): string =>
    rowsOf(from, count, `${unit(1)} AS x, ${speed} AS y, ${unit(3)} + (hash(i // 250) % 7) / 4.0 AS z, i AS at`);
  const question = {
    reference: spans(0, 4000, `${unit(1)} + 0.3 * ${unit(2)}`),
    columns: numbers,
    windows: { orderBy: 'at', share: 250 / 4000 },
  };

  const same = await judgeTogether(engine, { ...question, current: spans(50_000, 250, `${unit(1)} + 0.3 * ${unit(2)}`) });
  const turned = await judgeTogether(engine, { ...question, current: spans(50_000, 250, `1.3 - ${unit(1)} - 0.3 * ${unit(2)}`) });

  assert.notEqual(named(same.findings, 'pairs').verdict, 'fail');
  assert.equal(named(turned.findings, 'pairs').verdict, 'fail');
});

test('a class that no longer goes with a number is found', async (t) => {
  const engine = await engineFor(t);
  const kind = (seed: number): string => `CASE WHEN ${unit(seed)} < 0.4 THEN 'red' ELSE 'blue' END AS kind`;
  const columns = [{ name: 'x', type: 'number' } as const, { name: 'kind', type: 'string' } as const];

  const { findings } = await judgeTogether(engine, {
    reference: rowsOf(0, 700, `${unit(1)} AS x, ${kind(1)}`),
    current: rowsOf(5000, 700, `${unit(1)} AS x, ${kind(2)}`),
    columns,
  });

  assert.equal(named(findings, 'pairs').verdict, 'fail');
  assert.deepEqual(named(findings, 'pairs').pairs[0]?.terms, ['x', 'kind = blue']);
});

test('few rows are no pass', async (t) => {
  const engine = await engineFor(t);

  const few = await judgeTogether(engine, { reference: rowsOf(0, 800, related), current: rowsOf(5000, 20, related), columns: numbers });
  const none = await judgeTogether(engine, { reference: rowsOf(0, 800, related), current: rowsOf(0, 0, related), columns: numbers });

  assert.equal(few.verdict, 'inconclusive');
  assert.match(named(few.findings, 'classifier').reason, /cannot be judged by 20 rows/);
  assert.equal(none.verdict, 'inconclusive');
});

test('numbers that name rows tell nothing, and are said to be left out', async (t) => {
  const engine = await engineFor(t);
  const columns = [{ name: 'id', type: 'integer' } as const, ...numbers];

  const { findings, leftOut } = await judgeTogether(engine, {
    reference: rowsOf(0, 800, `i AS id, ${related}`),
    current: rowsOf(5000, 800, `i AS id, ${related}`),
    columns,
  });

  assert.deepEqual(leftOut, [{ column: 'id', reason: 'each row has another whole number in it, as a name does' }]);
  assert.ok(findings.every(({ verdict }) => verdict !== 'fail'));
});

test('vectors that lie elsewhere are found, and lists of several lengths are no vectors', async (t) => {
  const engine = await engineFor(t);
  const vectors = (shift: number): string =>
    `[${[1, 2, 3, 4].map((seed) => `${unit(seed)} + ${shift}`).join(', ')}] AS v, range(i % 3)::DOUBLE[] AS ragged`;
  const columns = [{ name: 'v', type: 'array' } as const, { name: 'ragged', type: 'array' } as const];
  const reference = rowsOf(0, 150, vectors(0));

  const moved = await judgeTogether(engine, { reference, current: rowsOf(500, 150, vectors(0.25)), columns });
  const same = await judgeTogether(engine, { reference, current: rowsOf(500, 150, vectors(0)), columns });

  assert.equal(named(moved.findings, 'embedding.v').verdict, 'fail');
  assert.notEqual(named(same.findings, 'embedding.v').verdict, 'fail');
  assert.deepEqual(
    moved.leftOut.map(({ column }) => column),
    ['ragged'],
  );
  assert.match(moved.leftOut[0]?.reason ?? '', /not all of one length/);
});

test('texts in other words or of other lengths are found, in any script, and codes have no vocabulary', async (t) => {
  const engine = await engineFor(t);
  const list = (words: readonly string[]): string => `[${words.map((word) => `'${word}'`).join(', ')}]`;
  const word = (words: readonly string[], seed: number): string =>
    `${list(words)}[1 + (${unit(seed)} * ${words.length})::INT % ${words.length}]`;
  const text = (words: readonly string[]): string =>
    `${word(words, 1)} || ' ' || ${word(words, 2)} || ' ' || i AS note, 'K' || (1000000 + i * 7919 % 8999993) AS code`;
  const [known, other] = [
    ['late', 'broken', 'Größe', 'цвета'],
    ['fine', 'yellow', 'Farbe', 'живот'],
  ];
  const columns = [{ name: 'note', type: 'string' } as const, { name: 'code', type: 'string' } as const];
  const reference = rowsOf(10_000, 600, text(known));
  const ask = (current: string) => judgeTogether(engine, { reference, current, columns });

  const same = await ask(rowsOf(20_000, 600, text(known)));
  const inOthers = await ask(rowsOf(20_000, 600, text(other)));
  const longer = await ask(
    rowsOf(20_000, 600, `repeat(${word(known, 1)} || ' ', 4) AS note, 'K' || (1000000 + i * 7919 % 8999993) AS code`),
  );

  assert.deepEqual(
    same.findings.filter(({ verdict }) => verdict === 'fail'),
    [],
  );
  assert.deepEqual(
    inOthers.findings.filter(({ name, verdict }) => name.startsWith('text.') && verdict === 'fail').map(({ name }) => name),
    ['text.note.vocabulary'],
  );
  assert.equal(named(longer.findings, 'text.note.characters').verdict, 'fail');
  assert.equal(named(longer.findings, 'text.note.words').verdict, 'fail');
  assert.ok(same.findings.every(({ name }) => !name.startsWith('text.code.vocabulary')));
});

test('more words that were never seen than any text has are found, and as many as ever are not', async (t) => {
  const engine = await engineFor(t);
  // of 400 words each is rare, and new ones come all the time
  const text = (unknown: number): string =>
    `CASE WHEN ${unit(1)} < ${unknown} THEN 'new' || i ELSE 'w' || floor(400 * ${unit(2)})::INT END || ' w' || floor(400 * ${unit(3)})::INT AS note`;
  const columns = [{ name: 'note', type: 'string' } as const];
  const reference = rowsOf(10_000, 3000, text(0.2));

  const same = await judgeTogether(engine, { reference, current: rowsOf(20_000, 2000, text(0.2)), columns });
  const more = await judgeTogether(engine, { reference, current: rowsOf(20_000, 2000, text(0.9)), columns });

  const manyNew = rowsOf(10_000, 3000, text(0.9));
  const itself = await judgeTogether(engine, { reference: manyNew, current: manyNew, columns });
  const addedTo = await judgeTogether(engine, { reference: manyNew, current: rowsOf(10_000, 5000, text(0.9)), columns });

  for (const [what, found] of Object.entries({ same, itself, addedTo }))
    assert.notEqual(named(found.findings, 'text.note.vocabulary').verdict, 'fail', what);
  assert.equal(named(more.findings, 'text.note.vocabulary').verdict, 'fail');
});

test('a few texts that are written otherwise are found, and as many as the reference has are not', async (t) => {
  const engine = await engineFor(t);
  const columns = [{ name: 'note', type: 'string' } as const];
  const english = `list_value('the train was late', 'a broken window in the hall', 'no water since monday', 'light does not go out')`;
  const other = `list_value('zgd vlak je kasnil', 'prozor u hodniku je slomljen', 'nema vode od ponedjeljka', 'svjetlo se ne gasi')`;
  const text = (share: number): string =>
    `CASE WHEN ${unit(1)} < ${share} THEN ${other}[1 + i % 4] ELSE ${english}[1 + (i // 4) % 4] END || ' ' || chr(97 + (i % 26)::INT) || chr(97 + (i // 26 % 26)::INT) || ' ' || i AS note`;
  const ask = (before: number, now: number) =>
    judgeTogether(engine, { reference: rowsOf(10_000, 1000, text(before)), current: rowsOf(20_000, 1000, text(now)), columns });

  const few = named((await ask(0, 0.03)).findings, 'text.note.writing');
  const asEver = named((await ask(0.03, 0.03)).findings, 'text.note.writing');

  assert.equal(few.verdict, 'fail');
  assert.match(
    few.reason,
    /^How the texts of note are written changed: share of rows 0\.0[23]\d* \(at least 0\.01\d*, 0\.001 matters\), 1,000 rows$/,
  );
  assert.equal(asEver.verdict, 'pass');
  assert.match(asEver.reason, /share of rows at most 0\.0\d+, 0\.1 matters/);
});

test('a sample of a large table is bounded, and the same each time', async (t) => {
  const engine = await engineFor(t);
  const request = { sql: rowsOf(0, 200_000, 'i AS x'), columns: [{ name: 'x', type: 'integer' } as const], most: 2000 };

  const first = await sampleRows(engine, request);
  const again = await sampleRows(engine, request);

  assert.equal(first.of, 200_000);
  assert.ok(Math.abs(first.rows - 2000) < 300, String(first.rows));
  assert.deepEqual(again.numbers.get('x'), first.numbers.get('x'));
  const mean = (first.numbers.get('x') ?? new Float64Array()).reduce((sum, value) => sum + value, 0) / first.rows;
  assert.ok(Math.abs(mean - 100_000) < 8000, `drawn from all over the table: ${mean}`);
});
