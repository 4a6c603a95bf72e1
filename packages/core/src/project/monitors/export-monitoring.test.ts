import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exportMonitoring } from './export-monitoring.ts';
import { makeTestProject } from '../test-project.ts';
import { shop } from '../test-shop.ts';

test('rules, their tests and a dashboard are written, twice the same, with alerts for features that are not found', async (t) => {
  using project = await makeTestProject(t, shop()).open();
  const folder = join(project.root, 'build/monitoring');

  await exportMonitoring(project, folder);
  const first = read(folder);
  await exportMonitoring(project, folder);

  assert.deepEqual(Object.keys(first), ['grafana-dashboard.json', 'prometheus-rules.test.yaml', 'prometheus-rules.yaml']);
  assert.deepEqual(read(folder), first);
  assert.match(first['prometheus-rules.yaml'] ?? '', /TidegateFeaturesMissing/);
  assert.match(first['grafana-dashboard.json'] ?? '', /"Features missing"/);
});

test('a project without a service has nothing to watch', async (t) => {
  using project = await makeTestProject(t, { 'tidegate.yaml': 'version: 1\nproject: empty\n' }).open();

  await assert.rejects(exportMonitoring(project, join(project.root, 'build/monitoring')), /TG-CLI-NOTHING-TO-WATCH/);
});

function read(folder: string): { readonly [name: string]: string } {
  return Object.fromEntries(
    readdirSync(folder)
      .toSorted()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}
