import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Digest, isStepName } from '@tidegate/formats';
import { defaultLog, type ProjectConfig } from '../../config/index.ts';
import { openHttpClient, systemPlatform } from '../../platform/index.ts';
import { folderObjectStore, type ObjectStore } from '../../store/index.ts';
import { realCase, storeRealRelease } from '../test-release.ts';
import { apiTests, configOf, noChampion, tryRelease } from './test-trial.ts';
import { trialKind } from './trial-kind.ts';
import { trialNodes } from './trial-nodes.ts';

test('a release is tried with the variables and the API tests of each environment whose variables differ', () => {
  const { environments, ...config } = configOf(null);
  const { staging, production } = environments;
  assert.ok(staging && production);
  const named = (name: string): string => 'n'.repeat(63 - name.length) + name;
  const describe = (more: Partial<ProjectConfig>): readonly (readonly unknown[])[] =>
    trialNodes({ ...config, environments, ...more }).map(({ name, variables, inputs }) => [
      name,
      variables,
      inputs.flatMap((input) => (input.from === 'project' ? [input.pattern] : [])),
    ]);

  assert.deepEqual(describe({}), [
    ['trials.prices', { LIMIT: '3' }, ['api.yaml']],
    ['trials.prices-in-production', {}, ['other.yaml']],
  ]);
  assert.deepEqual(describe({ environments: { staging, production: { ...production, variables: { LIMIT: '3' } } } }), [
    ['trials.prices', { LIMIT: '3' }, ['api.yaml']],
  ]);
  assert.deepEqual(describe({ environments: {} }), [['trials.prices', {}, []]]);
  const price = { model: 'price', features: null, slo: null, log: defaultLog };
  const clashing = { prices: price, 'prices-in-production': price, [named('-a')]: price };
  const names = describe({ services: clashing }).map(([name]) => String(name));
  assert.equal(new Set(names).size, 6);
  assert.ok(names.every(isStepName), names.join(', '));
});

test('the class of the machine decides a trial only where the latency is limited', async () => {
  const kind = trialKind({
    serving: { argv: [] },
    http: openHttpClient,
    python: { identity: () => assert.fail(), ensure: () => assert.fail() },
    champions: noChampion,
    fillOnlineStore: () => assert.fail(),
  });
  const factsFor = async (limit: number | null): Promise<readonly string[]> => {
    const [node] = trialNodes(configOf(limit));
    assert.ok(node && kind.facts);
    const store = folderObjectStore('/nowhere');
    return Object.keys(
      await kind.facts({ node, inputs: [], store, platform: systemPlatform, signal: new AbortController().signal, emit: () => {} }),
    );
  };

  assert.deepEqual([await factsFor(null), await factsFor(20)], [[], ['machine']]);
});

test('a release that answers as expected, quickly enough, passes its trial', async (t) => {
  const { prediction } = await realCase();
  const expected = `{ status: 200, body: { predictions: [{ prediction: { between: [${prediction - 0.01}, ${prediction + 0.01}] } }] } }`;

  const { result, report } = await tryRelease(t, { tests: await apiTests(expected), latencyP99Ms: 5_000 });

  assert.deepEqual(
    report.cases.map(({ name, outcome, message }) => [name, outcome, message]),
    [
      ['the service is ready', 'passed', ''],
      ['the model is described', 'passed', ''],
      ['a price is predicted', 'passed', ''],
    ],
  );
  assert.deepEqual(
    result.evidence.map(({ kind, name, subject, verdict, blocking }) => [kind, name, subject, verdict, blocking]),
    [
      ['test', 'api', 'services.prices', 'pass', true],
      ['limit', 'latency.p99', 'services.prices', 'pass', true],
    ],
  );
  const { coldStartMs, requests, p50Ms, p99Ms, p99AtMostMs } = result.facts;
  assert.ok(Number(coldStartMs) > 0 && Number(requests) >= 299);
  assert.ok(Number(p50Ms) <= Number(p99Ms) && Number(p99Ms) <= Number(p99AtMostMs));
});

test('a release that is too slow fails, whatever its answers', async (t) => {
  const { result } = await tryRelease(t, { tests: await apiTests('{ status: 200 }'), latencyP99Ms: 0.001 });

  const limit = result.evidence.find(({ name }) => name === 'latency.p99');
  assert.equal(limit?.verdict, 'fail');
  assert.match(
    limit?.reason ?? '',
    /^Latency is above 0.001 ms: the 99th percentile over [\d,]+ requests is [\d.]+ ms \([\d.]+ ms to [\d.]+ ms at 95 % each side\)$/,
  );
});

test('failing API tests are named, and a latency that could not be measured is inconclusive', async (t) => {
  const { result, report } = await tryRelease(t, { tests: await apiTests('{ status: 201 }'), latencyP99Ms: 20 });

  assert.deepEqual([report.passed, report.failed], [2, 1]);
  assert.deepEqual(
    result.evidence.map(({ verdict, reason }) => [verdict, reason]),
    [
      ['fail', '1 of 3 API tests fail on the started release: "a price is predicted"'],
      ['inconclusive', 'Latency was not measured: no API test posts a request, expects the status 200 and passes'],
    ],
  );
});

test('a trial runs the tests of its service only, and says for which environment it stands', async (t) => {
  const { result, report } = await tryRelease(t, {
    tests: `service: stock\ntests:${(await apiTests('{ status: 200 }')).replaceAll('\n', '\n  ')}`,
    config: (config) => ({
      ...config,
      services: { ...config.services, stock: { model: 'price', features: null, slo: null, log: defaultLog } },
    }),
    trial: 'trials.prices-in-production',
  });

  assert.deepEqual(
    report.cases.map(({ name }) => name),
    ['the service is ready'],
  );
  assert.deepEqual(
    result.evidence.map(({ name, reason }) => [name, reason]),
    [['api.production', 'With the variables of "production": the started release is ready; there are no API tests']],
  );
});

test('a release whose model cannot be loaded is not tried, and the error has what its server wrote', async (t) => {
  const broken = async (store: ObjectStore): Promise<Digest> => {
    const release = await storeRealRelease(store);
    const manifest = (await store.readJson(release)) as { readonly files: Digest };
    const entries = [{ path: 'model/regression.onnx', ...(await store.putBytes('no model')) }];
    const files = await store.putJson({ format: 'tidegate.tree/1', entries });
    return (await store.putJson({ ...manifest, files: files.digest })).digest;
  };

  await assert.rejects(
    tryRelease(t, { tests: await apiTests('{ status: 200 }'), release: broken }),
    /TG-DEPLOY-NOT-READY: Cannot try the release of "services\.prices": its server ended with 1\nIt wrote:\n[\s\S]*TG-SERVING-MODEL/,
  );
});
