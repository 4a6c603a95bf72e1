import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shape } from '@tidegate/formats';
import { parseYaml } from '../packages/core/src/config/index.ts';
import { expressionsIn, labelsIn, metricsIn } from './rig/promql-names.ts';
import { filesForWatchedServer, watchedServer } from './rig/watched-server.ts';

const files = new Map(filesForWatchedServer().map(({ name, text }) => [name, text]));
const rules = valueOf('prometheus-rules.yaml');
const expressions = [...expressionsIn(rules), ...expressionsIn(valueOf('grafana-dashboard.json'))];
const recorded = new Set([...JSON.stringify(rules).matchAll(/"record":"([^"]+)"/g)].map(([, name = '']) => name));
/** Labels that Prometheus or its scrape configuration adds. */
const added = new Set(['environment', 'job', 'instance']);

test('every metric and label in rules and dashboard is one that a started server gives', async (t) => {
  const { address } = await watchedServer(t);
  const given = await (await fetch(`${address}/metrics`)).text();

  const metrics = expressions.flatMap(metricsIn).filter((name) => !recorded.has(name));
  const labels = expressions
    .flatMap(labelsIn)
    .filter((pair) => !recorded.has(pair.split(' ')[0] ?? '') && !added.has(pair.split(' ')[1] ?? ''));

  assert.ok(new Set(metrics).size > 10 && labels.includes('tidegate_requests_total code'), metrics.join(' '));
  assert.deepEqual(
    [...new Set(metrics)].filter((name) => !new RegExp(`^${name}[{ ]`, 'm').test(given)),
    [],
  );
  assert.deepEqual(
    [...new Set(labels)].filter((pair) => !new RegExp(`^${pair.replace(' ', '\\{(?:[^}\\n]*,)?')}="`, 'm').test(given)),
    [],
  );
});

test('the endpoints that rules and dashboard count are those that answer predictions', async (t) => {
  const { address } = await watchedServer(t);

  const given = await (await fetch(`${address}/metrics`)).text();

  const counted = [...given.matchAll(/^tidegate_requests_total\{endpoint="([^"]+)",code="(?:200|400)"/gm)].map(([, name = '']) => name);
  const asked = new Set(counted.filter((name) => !/ready|live|metrics/.test(name)));
  assert.deepEqual([...asked].toSorted(), ['infer', 'predict']);
  assert.ok(expressions.some((expr) => expr.includes('endpoint=~"infer|predict"')));
});

test('a server that nobody has asked yet says 0, so that its first fault is an increase', async (t) => {
  const { address } = await watchedServer(t, { asked: false });

  const given = await (await fetch(`${address}/metrics`)).text();

  for (const endpoint of ['infer', 'predict']) {
    for (const code of [200, 500, 503])
      assert.ok(given.includes(`tidegate_requests_total{endpoint="${endpoint}",code="${code}"} 0\n`), given);
    assert.ok(given.includes(`tidegate_request_duration_seconds_count{endpoint="${endpoint}"} 0\n`), given);
  }
  assert.ok(given.includes('tidegate_feature_lookups_total{status="NOT_FOUND"} 0\n'), given);
});

/** JSON is YAML as well. */
function valueOf(name: string): unknown {
  const parsed = parseYaml(name, files.get(name) ?? '', shape.anything());
  assert.ok(parsed.ok);
  return parsed.value;
}
