import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { npmClosure } from './npm-closure.ts';
import { packageEntries } from './runtime-entries.ts';

/** Packages by their place, as npm would lay them out. */
function installed(t: TestContext, packages: { readonly [place: string]: object }): string {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-npm-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [place, manifest] of Object.entries(packages)) {
    mkdirSync(join(root, place), { recursive: true });
    writeFileSync(
      join(root, place, 'package.json'),
      JSON.stringify({ name: place.replace(/^.*node_modules\//, ''), version: '1.0.0', ...manifest }),
    );
    writeFileSync(join(root, place, 'index.js'), '');
  }
  return root;
}

test('npmClosure() takes what runs on the platform, of what is installed, and says what this machine does not have', async (t) => {
  const root = installed(t, {
    'packages/serving': { name: '@tidegate/serving', dependencies: { engine: '1', 'onnxruntime-node': '1' } },
    'node_modules/engine': {
      optionalDependencies: {
        'engine-linux-x64': '2.0.0',
        'engine-linux-x64-musl': '2.0.0',
        'engine-linux-arm64': '2.0.0',
        'engine-darwin-arm64': '2.0.0',
      },
    },
    'node_modules/engine-linux-x64': { version: '2.0.0' },
    'node_modules/onnxruntime-node': { dependencies: { 'adm-zip': '1', deep: '1' } },
    'node_modules/onnxruntime-node/node_modules/deep': {},
    'node_modules/adm-zip': {},
  });
  const names = async (cpu: string): Promise<readonly (readonly string[])[]> => {
    const { here, absent } = await npmClosure(join(root, 'packages/serving'), cpu);
    return [here.map(({ place }) => place).toSorted(), absent.map(({ name, version }) => `${name}@${version}`)];
  };

  assert.deepEqual(await names('x64'), [
    ['node_modules/deep', 'node_modules/engine', 'node_modules/engine-linux-x64', 'node_modules/onnxruntime-node', 'packages/serving'],
    [],
  ]);
  assert.deepEqual(await names('arm64'), [
    ['node_modules/deep', 'node_modules/engine', 'node_modules/onnxruntime-node', 'packages/serving'],
    ['engine-linux-arm64@2.0.0'],
  ]);
});

test('npmClosure() refuses a package that is not there, and two versions of one name', async (t) => {
  const missing = installed(t, { 'packages/serving': { name: '@tidegate/serving', dependencies: { gone: '1' } } });
  const twice = installed(t, {
    'packages/serving': { name: '@tidegate/serving', dependencies: { a: '1', b: '1' } },
    'node_modules/a': {},
    'node_modules/b': { dependencies: { a: '2' } },
    'node_modules/b/node_modules/a': { version: '2.0.0' },
  });

  await assert.rejects(
    npmClosure(join(missing, 'packages/serving'), 'x64'),
    /TG-IMAGE-RUNTIME: .*"gone", which "@tidegate\/serving" needs/,
  );
  await assert.rejects(npmClosure(join(twice, 'packages/serving'), 'x64'), /TG-IMAGE-RUNTIME: .*"a" is installed in two versions/);
});

test('packageEntries() leaves out tests, types and what is for other platforms, and links what lies outside node_modules', async (t) => {
  const root = installed(t, {
    'packages/serving': { name: '@tidegate/serving', dependencies: { 'onnxruntime-node': '1' } },
    'node_modules/onnxruntime-node': {},
  });
  for (const file of [
    'packages/serving/src/main.ts',
    'packages/serving/src/main.test.ts',
    'packages/serving/src/test-report.ts',
    'packages/serving/fixtures/big.onnx',
    'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/a.node',
    'node_modules/onnxruntime-node/bin/napi-v6/linux/arm64/a.node',
    'node_modules/onnxruntime-node/bin/napi-v6/darwin/x64/a.node',
    'node_modules/onnxruntime-node/index.d.ts',
    'node_modules/onnxruntime-node/LICENSE',
  ]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  mkdirSync(join(root, 'node_modules/@tidegate'));
  symlinkSync('../../packages/serving', join(root, 'node_modules/@tidegate/serving'));

  const { here } = await npmClosure(join(root, 'node_modules/@tidegate/serving'), 'arm64');
  const entries = await packageEntries(here, 'arm64');

  assert.deepEqual(entries.map((entry) => (entry.kind === 'link' ? `${entry.path} -> ${entry.to}` : entry.path)).toSorted(), [
    'opt/tidegate/node_modules/@tidegate/serving -> ../../packages/serving',
    'opt/tidegate/node_modules/onnxruntime-node/LICENSE',
    'opt/tidegate/node_modules/onnxruntime-node/bin/napi-v6/linux/arm64/a.node',
    'opt/tidegate/node_modules/onnxruntime-node/index.js',
    'opt/tidegate/node_modules/onnxruntime-node/package.json',
    'opt/tidegate/packages/serving/index.js',
    'opt/tidegate/packages/serving/package.json',
    'opt/tidegate/packages/serving/src/main.ts',
    'opt/tidegate/packages/serving/src/test-report.ts',
  ]);
});
