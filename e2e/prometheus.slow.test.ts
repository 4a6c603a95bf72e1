import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skipWithout } from '../packages/core/src/monitoring/test-programs.ts';
import { startPrometheus } from './rig/prometheus.ts';
import { expressionsIn } from './rig/promql-names.ts';
import { askEverything, filesForWatchedServer, watchedServer } from './rig/watched-server.ts';

const files = filesForWatchedServer();
const dashboard: unknown = JSON.parse(files.find(({ name }) => name === 'grafana-dashboard.json')?.text ?? '');
/** What the variables of the dashboard stand for, as Grafana puts them in. */
const shown = expressionsIn(dashboard).map((expr) =>
  expr.replaceAll('$__rate_interval', '1m').replaceAll('"$environment"', '"production"').replaceAll('"$service"', '"tide-api"'),
);

const options = { skip: skipWithout('prometheus'), timeout: 300_000 };

test('a real Prometheus reads our server, the rules, and every panel of the dashboard', options, async (t) => {
  const server = await watchedServer(t);
  const prometheus = await startPrometheus(t, { files, port: server.port });
  const untilFound = async (expr: string): Promise<void> => {
    while ((await prometheus.query(expr)) === 0) await askEverything(server);
  };

  await untilFound('slo:current_burn_rate:ratio{slo="availability"}');
  await untilFound('slo:period_error_budget_remaining:ratio{slo="latency",environment="production"} == 1');
  for (const expr of shown.filter((one) => !one.includes(' offset '))) await untilFound(expr);
  await prometheus.query(shown.find((one) => one.includes(' offset ')) ?? '');

  const rules = await prometheus.rules();
  assert.ok(rules.length > 30, `only ${rules.length} rules`);
  assert.deepEqual(
    rules.filter(({ lastError = '' }) => lastError !== ''),
    [],
  );
  // the feature is nowhere, but that takes 15 minutes to alert
  assert.deepEqual(
    rules.filter(({ state }) => state === 'firing').map(({ name }) => name),
    [],
  );

  await server.kill();
  while ((await prometheus.query('ALERTS{alertname="TidegateServiceDown",alertstate="pending"}')) === 0);
});
