import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monitoringFiles } from './monitoring-files.ts';
import { skipWithout } from './test-programs.ts';
import { promtool } from './test-promtool.ts';
import { projectWith } from './test-services.ts';

const config = projectWith('{ tide-api: { model: tide, slo: { availability: 99.9%, latency: { p99: 50ms } } } }');
const skip = skipWithout('promtool');

test('promtool takes the rules, and they do what their tests say', { skip }, (t) => {
  const check = promtool(t, monitoringFiles(config, '1.2.3'));

  assert.deepEqual(check('check', 'rules', 'prometheus-rules.yaml'), { status: 0, errors: '' });
  assert.deepEqual(check('test', 'rules', 'prometheus-rules.test.yaml'), { status: 0, errors: '' });
});

test('the same tidegate.yaml gives the same files, which say what wrote them', () => {
  const files = monitoringFiles(config, '1.2.3');

  assert.deepEqual(monitoringFiles(config, '1.2.3'), files);
  for (const { name, text } of files) assert.match(text, /Written by \\?"tidegate monitoring export\\?" of Tidegate 1\.2\.3/, name);
});

test('alerts are for the last environment only, and those of an SLO for services that have one', () => {
  const [rules] = monitoringFiles(projectWith('{ plain: { model: tide } }'), '1.2.3');

  assert.match(rules?.text ?? '', /absent\(tidegate_release_info\{project="harbour",service="plain",environment="production"\}\)/);
  assert.doesNotMatch(rules?.text ?? '', /staging|slo:|TidegateFeaturesMissing/);
});

test('a dashboard has panels for what the services have, each with a number and a place of its own', () => {
  const titles = (services: string): readonly string[] => panelsOf(services).map(({ title }) => title);
  const plain = titles('{ plain: { model: tide } }');

  const panels = panelsOf('{ tide-api: { model: tide, slo: { availability: 99% } } }');

  assert.deepEqual(
    panels.map(({ title }) => title).filter((title) => !plain.includes(title)),
    ['Error budget left', 'Burn rate'],
  );
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  assert.equal(new Set(panels.map(({ gridPos }) => `${gridPos.x} ${gridPos.y}`)).size, panels.length);
  assert.ok(panels.every(({ gridPos }) => gridPos.x + gridPos.w <= 24));
});

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number };
}

function panelsOf(services: string): readonly Panel[] {
  const dashboard = monitoringFiles(projectWith(services), '1.2.3').find(({ name }) => name === 'grafana-dashboard.json');
  return (JSON.parse(dashboard?.text ?? '') as { readonly panels: readonly Panel[] }).panels;
}
