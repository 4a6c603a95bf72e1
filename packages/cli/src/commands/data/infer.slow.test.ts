import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { testPlace } from '../../test-place.ts';

const yaml = 'version: 1\ndata: { trips: { from: { files: trips.csv }, contract: trips.odcs.yaml } }\n';

/** Rows of which delays go from 0 to 99, and further from the row `from` on. */
function trips(rows: number, more: readonly string[] = []): string {
  const lines = Array.from({ length: rows }, (_, row) => `${row},${(row * 37) % 100},${['AA', 'DL', 'UA'][row % 3]},T${100 + (row % 900)}`);
  return `id,delay,carrier,code\n${[...lines, ...more].join('\n')}\n`;
}

test('a data contract that tidegate.yaml names is made by data infer, moved by --update, and what a person wrote in it stays', async (t) => {
  const { call, path, write } = testPlace(t, { files: { 'tidegate.yaml': yaml, 'trips.csv': trips(600) } });
  const file = path('trips.odcs.yaml');

  const refused = await call(['data', 'show', 'trips']);
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /TG-CONFIG-FILE-MISSING[\s\S]*tidegate data infer trips --write trips\.odcs\.yaml/);

  const made = await call(['data', 'infer', 'trips', '--write', 'trips.odcs.yaml']);
  assert.equal(made.code, 0, made.stderr);
  assert.equal(made.stdout, 'Wrote trips.odcs.yaml.\n');
  assert.equal((await call(['run', 'data.trips'])).code, 0);
  const again = await call(['data', 'infer', 'trips', '--write', 'trips.odcs.yaml']);
  assert.match(again.stderr, /it is there already[\s\S]*tidegate data infer trips --update/);
  assert.match(
    (await call(['data', 'infer', 'trips', '--update'])).stdout,
    /nothing of what was inferred in trips\.odcs\.yaml is to change \(600 rows\)/,
  );

  // a person: a tighter list with a word on it, and no form of the code any more
  const first = readFileSync(file, 'utf8');
  const edited = first
    .replace(/validValues: \["AA", "DL", "UA"\]/, 'validValues: ["AA", "DL"]')
    .replace(/ *pattern: "\^.*\n/, '')
    .replace('    properties:\n', '    properties:\n      # the people of the ramp read this\n');
  assert.notEqual(edited, first);
  writeFileSync(file, edited);
  write(
    'trips.csv',
    trips(
      600,
      Array.from({ length: 40 }, (_, row) => `${600 + row},${130 + row},,T001`),
    ),
  );

  const dry = await call(['data', 'infer', 'trips', '--update', '--dry-run']);
  assert.equal(dry.code, 0, dry.stderr);
  assert.match(dry.stdout, /~ maximum of delay: \d+ -> [\d,]+, loosened \(\d+ of 640 rows break it; greatest seen: 169/);
  assert.match(dry.stdout, /- required of carrier: true \(40 of 640 rows break it/);
  assert.match(dry.stdout, /because a person wrote it; the rows do not keep it:\n.*carrier is one of.*\(200 of 640 rows break it\)/);
  assert.equal(readFileSync(file, 'utf8'), edited);
  const asked = await call(['data', 'infer', 'trips', '--update']);
  assert.match(asked.stderr, /nobody is there to be asked/);

  const changed = await call(['data', 'infer', 'trips', '--update', '--yes', '--json']);
  assert.equal(changed.code, 0, changed.stderr);
  const text = readFileSync(file, 'utf8');
  const told = JSON.parse(changed.stdout) as {
    readonly isWritten: boolean;
    readonly text: string;
    readonly changes: readonly { readonly what: string }[];
  };
  assert.equal(told.isWritten, true);
  assert.equal(told.text, text);
  assert.match(text, /# from 640 rows in 1 file/);
  assert.match(text, /# the people of the ramp read this/);
  assert.match(text, /validValues: \["AA", "DL"\]/);
  assert.doesNotMatch(text, / pattern: "\^.*# all of/);
  assert.match(text, /maximum: \d+ # greatest seen: 169/);
  assert.match(text, /nullValues.* # no value in 40 of 640 rows/);
  const kept = (all: string): readonly string[] =>
    all.split('\n').filter((line) => !/maximum|required|unique|nullValues|tidegate\.inferred|^# (from|A next)/.test(line));
  assert.deepEqual(kept(text), kept(edited), 'nothing beside what was inferred is another');
  assert.match((await call(['data', 'infer', 'trips', '--update', '--dry-run'])).stdout, /nothing of what was inferred/);
});

test('an update of a dataset without a data contract says how to make one', async (t) => {
  const { call } = testPlace(t, { files: { 'tidegate.yaml': yaml.replace(', contract: trips.odcs.yaml', ''), 'trips.csv': trips(50) } });

  const { code, stderr } = await call(['data', 'infer', 'trips', '--update']);

  assert.notEqual(code, 0);
  assert.match(stderr, /it has none[\s\S]*tidegate data infer trips --write/);
});

test('a column that names rows of another dataset of the project is promised to', async (t) => {
  const carriers = `carrier,name\n${['AA', 'DL', 'UA'].map((code) => `${code},Line ${code}`).join('\n')}\n`;
  const both = 'version: 1\ndata: { trips: { from: { files: trips.csv } }, airlines: { from: { files: airlines.csv } } }\n';
  const { call } = testPlace(t, { files: { 'tidegate.yaml': both, 'trips.csv': trips(60), 'airlines.csv': carriers } });
  assert.equal((await call(['run', 'data.airlines'])).code, 0);

  const { stdout, stderr } = await call(['data', 'infer', 'trips']);

  assert.match(
    stdout,
    /check: "foreignKey", columns: \["carrier"\], dataset: "airlines" \} \} # all of 60 values stand in carrier of data\.airlines/,
    stderr,
  );
});
