import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findByName } from './named.ts';
import { complaints, makeTestProject } from './test-project.ts';
import { shop } from './test-shop.ts';

test('a feature view is found by its name, with what the services that join it found there', async (t) => {
  const project = makeTestProject(t, shop());
  const run = await project.run();
  assert.notEqual(run.record.status, 'failed', complaints(run));
  using opened = await project.open();

  const { kind, record } = await findByName(opened, 'features.weather');

  assert.equal(kind, 'feature view');
  const { sql, joinedBy } = record as {
    readonly sql: string;
    readonly joinedBy: readonly { readonly service: string; readonly present?: number }[];
  };
  assert.match(sql, /SELECT/i);
  assert.deepEqual(
    joinedBy.map(({ service, present }) => [service, typeof present]),
    [['delivery', 'number']],
  );
});

test('what is not there is answered with the nearest name, views included', async (t) => {
  const project = makeTestProject(t, shop());
  using opened = await project.open();

  await assert.rejects(findByName(opened, 'features.weathr'), /Did you mean "features.weather"\?|TG-CLI-NOT-FOUND/);
  await assert.rejects(findByName(opened, 'r-20260101-000000-0000'), /TG-CLI-NOT-FOUND/);
});
