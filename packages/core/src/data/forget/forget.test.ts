import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type RowTombstone, TidegateError } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { withoutForgotten } from './forgotten-rows.ts';
import { parseKeys, readKeysFile } from './parse-keys.ts';
import { hashOfRow } from './row-hash.ts';
import { isSigned, publicKeyOf, signTombstone } from './sign-tombstone.ts';

const of = { dataset: 'people', key: ['country', 'id'] };

test('keys have commas only where a column of the key follows, columns of a part of the key, and the case of the table', () => {
  assert.deepEqual(parseKeys(['ID=4711,country=Côte, d=x,y', 'country=a=b,id=2'], of), {
    columns: ['id', 'country'],
    values: [
      ['4711', 'Côte, d=x,y'],
      ['2', 'a=b'],
    ],
  });
  assert.deepEqual(parseKeys(['id='], of), { columns: ['id'], values: [['']] });
});

for (const [words, found] of [
  [['idd=1'], /"idd" is not in its key; did you mean "id"\?/],
  [['4711'], /"4711" is no key/],
  [['=1'], /"=1" is no key/],
  [['id=1', 'country=x'], /"id=1" and "country=x" name different columns/],
  [['id=1,id=2'], /names "id" twice/],
  [['id=a\0b'], /NUL/],
] as const)
  test(`keys ${JSON.stringify(words)} are refused with what is wrong`, () => {
    assert.throws(
      () => parseKeys(words, of),
      (error) => error instanceof TidegateError && error.diagnostics[0].code === 'TG-DATA-FORGET' && found.test(error.message),
    );
  });

test('a file of keys is read by its header, and refused where it is none', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-keys-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  assert.deepEqual(await readKeysFile(file('k[1].csv', 'id\n007\n007\n'), of), { columns: ['id'], values: [['007']] });
  await assert.rejects(readKeysFile(file('other.csv', 'name\nx\n'), of), /"name" is not in its key/);
  await assert.rejects(readKeysFile(file('empty.csv', 'id\n'), of), /has no row/);
  await assert.rejects(readKeysFile(file('keys.txt', 'id\n1\n'), of), /is no file of keys/);
  await assert.rejects(readKeysFile(join(folder, 'absent.csv'), of), /cannot be read/);
});

test('rows that were forgotten are dropped by the hash of their key alone, whatever the type of the column', async () => {
  const hashing = { secret: 'a'.repeat(64), project: 'p', dataset: 'people' };
  const sets = [{ columns: ['id', 'town'], hashes: [hashOfRow(hashing, ['7', 'Köln'])] }];
  using engine = await openEngine({ threads: 1 });
  const rows = "SELECT * FROM (VALUES (7::SMALLINT, 'Köln'), (7, 'Ulm'), (8, 'Köln'), (NULL, 'Köln')) AS t(ID, town)";

  const left = await withoutForgotten(engine, rows, { hashing, sets });

  assert.equal(left.dropped, 1);
  assert.deepEqual(await engine.rows(`SELECT * FROM (${left.rows}) ORDER BY ALL`), [
    { ID: 7, town: 'Ulm' },
    { ID: 8, town: 'Köln' },
    { ID: null, town: 'Köln' },
  ]);
  assert.equal((await withoutForgotten(engine, rows, { hashing: { ...hashing, dataset: 'other' }, sets })).dropped, 0);
});

test('a tombstone is signed with a key that is made once, and whoever changes a letter of it is found out', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-signing-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const key = join(folder, 'signing.key');
  const tombstone: RowTombstone = await signTombstone(
    {
      format: 'tidegate.tombstone/1',
      id: 't-1',
      project: 'p',
      dataset: 'people',
      columns: ['id'],
      keys: ['00'],
      hashedWith: '11',
      reason: 'asked for',
      at: '2026-11-29T00:00:00.000Z',
      by: null,
      versions: [],
      tables: [],
      held: [],
      models: [],
    },
    key,
  );

  assert.equal(isSigned(tombstone), true);
  assert.equal(tombstone.publicKey, await publicKeyOf(key));
  assert.equal(isSigned({ ...tombstone, reason: 'asked For' }), false);
  assert.equal(isSigned({ ...tombstone, publicKey: await publicKeyOf(join(folder, 'other.key')) }), false);
  assert.equal(isSigned({ ...tombstone, publicKey: 'x', signature: '' }), false);
});
