import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testPlace } from '../../test-place.ts';

test('what is unusual is shown, said to be fine, and taken back; an option that needs another one is refused', async (t) => {
  const { call, write } = testPlace(t, { files: { 'tidegate.yaml': 'version: 1\ndata: { orders: { from: { files: orders.csv } } }\n' } });
  write('orders.csv', 'id\n1\n2\n');
  assert.equal((await call(['run'])).code, 0);

  const shown = await call(['data', 'anomalies', 'orders']);
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, /4 measures judged by 0 versions before it[^]*Nothing is judged before there are 5 versions: there are 0/);

  const [digits = ''] = (await call(['data', 'log', 'orders'])).stdout.split(' ');
  assert.match(
    (await call(['data', 'anomalies', 'orders', '--fine', digits, '--measure', 'rows', '--reason', 'few'])).stdout,
    /rows is fine/,
  );
  assert.match(
    (await call(['data', 'anomalies', 'orders', '--fine', digits, '--measure', 'rows', '--reason', 'few'])).stdout,
    /nothing was noted/,
  );
  assert.match((await call(['data', 'log', 'orders'])).stdout, /rows is fine \(few\)/);
  assert.match(
    (await call(['data', 'anomalies', 'orders', '--not-fine', digits, '--measure', 'rows'])).stdout,
    /rows is no longer said to be fine/,
  );
  assert.doesNotMatch((await call(['data', 'log', 'orders'])).stdout, /fine/);

  const alone = await call(['data', 'anomalies', 'orders', '--measure', 'rows']);
  assert.deepEqual([alone.code, /TG-CLI-USAGE/.test(alone.stderr)], [2, true]);
  const both = await call(['data', 'anomalies', 'orders', '--fine', digits, '--not-fine', digits]);
  assert.deepEqual([both.code, /TG-CLI-USAGE/.test(both.stderr)], [2, true]);
  assert.match((await call(['data', 'anomalies', 'other'])).stderr, /TG-CLI-NOT-FOUND/);
});
