import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from '@tidegate/runtime';
import { namesIn, normaliseSql, statementIn, takesUnnamed } from './sql-text.ts';

test('comments and layout are no part of the meaning', () => {
  const written = `
    -- the weather
    SELECT origin,   /* Celsius /* nested */ */ temp
    FROM weather;
  `;

  assert.equal(normaliseSql(written), 'SELECT origin, temp FROM weather');
});

test('blanks and comment marks inside of texts and quoted names stay', () => {
  const sql = `SELECT '--  a', E'it\\'s  -- b', $x$ /*  c */ $x$, "d  --" FROM t`;

  assert.equal(normaliseSql(sql), sql);
});

test('a doubled quote does not end a text or a name', () => {
  assert.equal(normaliseSql(`SELECT 'it''s  x'  ,  "a""b  c"`), `SELECT 'it''s  x' , "a""b  c"`);
});

test('a comment between two words keeps them apart', () => {
  assert.equal(normaliseSql('SELECT a/* */b'), 'SELECT a b');
});

test('the engine gives the same rows for the normalised text', async () => {
  using engine = await openEngine({ threads: 1 });
  const written = `SELECT 1 -- one
    + 1 AS a, 'x -- y' /* z */ AS b, $$ -- $$ AS c, E'\\'' AS d, 2 --
    - -1 AS e;`;

  assert.deepEqual(await engine.rows(normaliseSql(written)), await engine.rows(written));
});

test('names are found in code and in quotes, not in texts and comments', () => {
  const names = namesIn(`SELECT 'flights' FROM Weather w JOIN "my-data" USING (origin) -- planes`);

  assert.deepEqual(
    ['weather', 'my-data', 'origin', 'flights', 'planes'].map((name) => names.has(name)),
    [true, true, true, false, false],
  );
});

test('a statement ends before its semicolon and the comments after it', () => {
  assert.equal(statementIn('SELECT 1 -- a\n, 2; -- b\n ; /* c */'), 'SELECT 1 -- a\n, 2');
  assert.equal(statementIn("SELECT ';'"), "SELECT ';'");
  assert.equal(statementIn('-- nothing'), '');
});

test('SQL that takes columns it does not name is told from a count and a product', () => {
  for (const sql of [
    'SELECT * FROM t',
    'SELECT a, t.* FROM t',
    'SELECT DISTINCT * EXCLUDE (a) FROM t',
    "SELECT COLUMNS('x.*') FROM t",
    'FROM t',
  ])
    assert.equal(takesUnnamed(sql), true, sql);
  for (const sql of ['SELECT count(*) AS n FROM t', 'SELECT a * b AS c FROM t', "SELECT '* FROM t' AS a, b FROM t -- SELECT *"])
    assert.equal(takesUnnamed(sql), false, sql);
});
