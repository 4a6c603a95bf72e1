import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import type { Printed } from '../../test-command-line.ts';
import { testPlace } from '../../test-place.ts';

const csv = (amounts: readonly number[]): string => `id,amount\n${amounts.map((amount, id) => `${id},${amount}`).join('\n')}\n`;

test('a dataset with a table is committed, compared by rows, listed, checked out and pulled elsewhere as plain Parquet', async (t) => {
  const place = testPlace(t, {
    files: { 'tidegate.yaml': 'version: 1\ndata: { sales: { from: { files: data/*.csv }, table: { key: id } } }\n' },
    remote: true,
  });
  const { path, write } = place;
  const call = (home: string, ...words: readonly string[]): Promise<Printed> => place.call(words, { home });
  write('data/a.csv', csv([1.5, 2, 3, 4]));
  await call('home', 'data', 'commit', 'sales');
  write('data/a.csv', csv([1.5, 2, 3.5, 4, 5]));
  await call('home', 'data', 'commit', 'sales');

  const difference = await call('home', 'data', 'diff', 'sales', '--last', '--examples', '1');
  assert.deepEqual(difference.stdout.split('\n').slice(1, 5), [
    '1 row added, 0 rows removed, 1 row changed, by id; 2 of 2 pieces read.',
    '  amount: changed in 1 row',
    '  + id=4 amount=5',
    '  ~ id=2 amount: 3 → 3.5',
  ]);
  const { stdout } = await call('home', 'data', 'diff', 'sales', '--last', '--key', 'amount', '--json');
  const { rowChanges } = JSON.parse(stdout) as { readonly rowChanges: { readonly added: number; readonly removed: number } };
  assert.deepEqual([rowChanges.added, rowChanges.removed], [2, 1]);
  assert.match(
    (await call('home', 'data', 'diff', 'sales', '--last', '--markdown')).stdout,
    /\| rows changed \| 1 \|\n\| changed in <code>amount<\/code> \| 1 \|/,
  );
  assert.match((await call('home', 'data', 'diff', 'sales', '--examples', 'all')).stderr, /TG-CLI-USAGE: Cannot show "all" examples/);

  assert.match((await call('home', 'data', 'ls', 'sales', 'tables/sales')).stdout, /tables\/sales\/part-000000\.parquet/);
  await call('home', 'data', 'checkout', 'sales');
  assert.deepEqual(readdirSync(path('tables/sales')), ['part-000000.parquet']);
  rmSync(path('tables'), { recursive: true });
  await call('home', 'data', 'push', 'sales');
  assert.equal((await call('other', 'data', 'pull', 'sales')).code, 0);
  assert.deepEqual(readdirSync(path('tables/sales')), ['part-000000.parquet']);
});
