import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { defaultLog, defaultStep } from '../config/index.ts';
import { type Artifact, type ColumnPart, digestOfHex, type Flavor, type ProfilePart, type ReleaseManifest, runId } from '@tidegate/formats';
import { distributionOf } from '@tidegate/runtime';
import type { ProjectConfig } from '../config/index.ts';
import type { ResolvedInput, StepContext, StepNode } from '../pipeline/index.ts';
import { digestOfFile, systemPlatform } from '../platform/index.ts';
import { folderObjectStore, type ObjectStore } from '../store/index.ts';
import { checkOutRelease } from './check-out-release.ts';
import { releaseKind } from './release-kind.ts';
import { releaseNodes } from './release-nodes.ts';

interface Bench {
  readonly root: string;
  readonly store: ObjectStore;
}

async function open(t: { after: (end: () => Promise<void>) => void }): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-release-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  return { root, store: folderObjectStore(join(root, 'objects')) };
}

function configOf(modelFile: string, features: string | null): ProjectConfig {
  return {
    version: 1,
    project: 'shop',
    python: { requirements: 'requirements.txt', interpreter: 'python3' },
    r: null,
    data: {},
    features: { definitions: 'features/' },
    steps: { train: { ...defaultStep, run: ['python', 'train.py'], out: { model: modelFile } } },
    pools: {},
    tests: {},
    models: {
      price: {
        artifact: { step: 'train', output: 'model' },
        evaluate: { on: { kind: 'features', service: 'price' }, label: 'price', metrics: ['mae'], slices: [], ignore: [] },
        trust: [],
        gate: { min: {}, max: {}, primary: null, slices: null, confidence: 0.95 },
      },
    },
    services: { prices: { model: 'price', features, slo: null, log: defaultLog } },
    environments: {},
    branches: {},
    remote: null,
    keep: { runs: 50, days: 30, collect: true },
    salt: null,
    signatures: { required: false, trusted: [] },
    monitors: {},
  };
}

/** Builds the release of a service whose model file holds `model`. */
async function build(
  { root, store }: Bench,
  options: {
    readonly flavor: Flavor;
    readonly features: string | null;
    readonly model?: string;
    readonly evaluation?: string;
    readonly profile?: ProfilePart;
  },
) {
  const file = { onnx: 'price.onnx', pickle: 'price.pkl', function: 'price.py' }[options.flavor];
  const [node] = releaseNodes(configOf(`models/${file}`, options.features));
  assert.ok(node);
  const put = async (value: unknown): Promise<Artifact> => ({ kind: 'file', files: 1, ...(await store.putJson(value)) });
  const artifact: Artifact = { kind: 'file', files: 1, ...(await store.putBytes(options.model ?? 'weights')) };
  const signature = { task: 'regression', inputs: [{ name: 'size', type: 'number' }], classes: [] };
  const service = {
    format: 'tidegate.feature-service/1',
    name: 'price',
    version: digestOfHex('1'.repeat(64)),
    request: [],
    keys: [],
    views: [],
    columns: [],
    label: 'price',
  };
  const artifacts: { readonly [name: string]: Artifact } = {
    'models.price/version': await put({
      format: 'tidegate.model-version/1',
      model: 'price',
      artifact: artifact.digest,
      bytes: artifact.bytes,
      flavor: options.flavor,
      file,
      signature,
      trainedBy: digestOfHex('2'.repeat(64)),
      trainedOn: null,
    }),
    'models.price/evaluation': await put({ verdict: 'pass', note: options.evaluation ?? '' }),
    'steps.train/model': artifact,
    'references.prices/profile': await put(options.profile ?? profileOf([])),
    'features.price/definitions': await put({ format: 'tidegate.feature-definitions/1' }),
    'features.price/record': await put({ format: 'tidegate.feature-set/1', service }),
  };
  const result = await releaseKind({ runtimeVersion: '0.1.0' }).run({
    node,
    store,
    platform: systemPlatform,
    run: runId('r-20261123-202553-3f9a'),
    signal: new AbortController().signal,
    inputs: await Promise.all(
      node.inputs.flatMap((input) =>
        resolve(input, {
          root,
          artifacts,
        }),
      ),
    ),
    emit: () => {},
    progress: () => {},
    log: () => {},
    ownProcess: () => {},
    workspace: async () => root,
  } satisfies StepContext);
  const release = result.outputs['manifest']?.digest;
  assert.ok(release);
  return { node, result, release, manifest: (await store.readJson(release)) as unknown as ReleaseManifest };
}

/** The profile of rows of one input; without values it is of none. */
function profileOf(sizes: readonly number[]): ProfilePart {
  const numbers = distributionOf(sizes.map((size) => [size, 1]));
  const column: ColumnPart = {
    name: 'size',
    type: 'number',
    nulls: 0,
    notNumbers: 0,
    below: 0,
    above: 0,
    first: null,
    last: null,
    numbers,
    lengths: null,
    registers: '.',
    values: null,
    patterns: null,
  };
  return { format: 'tidegate.profile-part/1', hash: 'test', rows: sizes.length, columns: numbers === null ? [] : [column] };
}

function resolve(
  input: StepNode['inputs'][number],
  { root, artifacts }: { root: string; artifacts: { readonly [name: string]: Artifact } },
): readonly Promise<ResolvedInput>[] {
  if (input.from === 'step') {
    const name = `${input.step}/${input.output}`;
    const artifact = artifacts[name];
    assert.ok(artifact, name);
    return [Promise.resolve({ name, artifact, place: null, source: null })];
  }
  const names = [input.pattern];
  return names.map(async (name): Promise<ResolvedInput> => {
    const source = join(root, name.replaceAll('/', '-'));
    await writeFile(source, `content of ${name}`);
    return {
      name,
      source,
      place: name,
      artifact: { kind: 'file', digest: await digestOfFile(source), bytes: (await stat(source)).size, files: 1 },
    };
  });
}

test('the same inputs give the same release, whatever the evaluation says', async (t) => {
  const bench = await open(t);

  const first = await build(bench, { flavor: 'onnx', features: 'price' });
  const again = await build(bench, { flavor: 'onnx', features: 'price', evaluation: 'another' });
  const other = await build(bench, { flavor: 'onnx', features: 'price', model: 'other weights' });

  assert.equal(first.release, again.release);
  assert.notEqual(first.release, other.release);
});

test('a release says which model, features, definitions and runtime it is made of', async (t) => {
  const bench = await open(t);

  const { manifest } = await build(bench, { flavor: 'onnx', features: 'price' });

  assert.equal(manifest.service, 'prices');
  assert.equal(manifest.model.file, 'price.onnx');
  assert.equal(manifest.features?.name, 'price');
  assert.equal(manifest.python, null);
  assert.deepEqual(manifest.runtime, { name: '@tidegate/serving', version: '0.1.0' });
  assert.ok(manifest.definitions);
  assert.deepEqual(await bench.store.readJson(manifest.definitions), { format: 'tidegate.feature-definitions/1' });
});

test('a release carries the reference profile as a file with its digest, and a service whose training set nobody knows has none', async (t) => {
  const bench = await open(t);
  const profile = profileOf([1, 2, 3]);

  const carried = await build(bench, { flavor: 'onnx', features: null, profile });
  const without = await build(bench, { flavor: 'onnx', features: null });
  const folder = join(bench.root, 'folder');
  await checkOutRelease(bench.store, carried.release, folder);

  assert.equal(await digestOfFile(join(folder, 'reference.json')), carried.manifest.reference);
  assert.deepEqual(JSON.parse(await readFile(join(folder, 'reference.json'), 'utf8')), profile);
  assert.match(await readFile(join(folder, 'README.md'), 'utf8'), /`reference.json`/);
  assert.equal(without.manifest.reference, null);
  await checkOutRelease(bench.store, without.release, join(bench.root, 'bare'));
  assert.equal((await readdir(join(bench.root, 'bare'))).includes('reference.json'), false);
});

test("a release is blocked by its model's gate, for it takes the evaluation as an input", () => {
  const [node] = releaseNodes(configOf('models/price.onnx', null));

  assert.ok(
    node?.inputs.some(
      (input) => input.from === 'step' && input.step === 'models.price' && input.output === 'evaluation' && input.place === null,
    ),
  );
});

test('a checked out release is a folder with everything in it, its manifest under its own digest', async (t) => {
  const bench = await open(t);
  const { release } = await build(bench, { flavor: 'pickle', features: 'price' });
  const folder = join(bench.root, 'deep', 'release');

  await checkOutRelease(bench.store, release, folder);

  assert.deepEqual((await readdir(folder)).toSorted(), [
    'README.md',
    'features.json',
    'model',
    'release.json',
    'requirements.txt',
    'signature.json',
    'start',
  ]);
  assert.equal(await digestOfFile(join(folder, 'release.json')), release);
  assert.equal(await readFile(join(folder, 'model', 'price.pkl'), 'utf8'), 'weights');
  assert.equal(await readFile(join(folder, 'requirements.txt'), 'utf8'), 'content of requirements.txt');
  assert.ok((await stat(join(folder, 'start'))).mode & 0o100);
});

test('the start command serves its own folder, from any folder, with the options given', async (t) => {
  const bench = await open(t);
  const { release } = await build(bench, { flavor: 'onnx', features: null });
  const folder = join(bench.root, 'a folder with blanks');
  await checkOutRelease(bench.store, release, folder);

  const printed = execFileSync(join(folder, 'start'), ['--port', '8080'], {
    cwd: '/',
    encoding: 'utf8',
    env: { ...process.env, TIDEGATE: 'printf %s\\n' },
  });

  assert.deepEqual(printed.trim().split('\n'), ['serve', '--release', folder, '--port', '8080']);
});

test('a folder that is whole is left alone, and one that was changed is made whole again', async (t) => {
  const bench = await open(t);
  const { release } = await build(bench, { flavor: 'onnx', features: null });
  const folder = join(bench.root, 'release');
  await checkOutRelease(bench.store, release, folder);
  const before = await stat(folder);

  await checkOutRelease(bench.store, release, folder);
  assert.equal((await stat(folder)).ino, before.ino);
  await chmod(join(folder, 'model/price.onnx'), 0o644);
  await writeFile(join(folder, 'model/price.onnx'), 'tampered');
  await checkOutRelease(bench.store, release, folder);

  assert.equal(await readFile(join(folder, 'model/price.onnx'), 'utf8'), 'weights');
  assert.deepEqual(
    (await readdir(bench.root)).filter((name) => name.startsWith('.tmp-')),
    [],
  );
});

test('an object that is no release is said to be none', async (t) => {
  const { root, store } = await open(t);

  for (const content of ['{"format":"tidegate.tree/1","entries":[]}', 'no json'])
    await assert.rejects(checkOutRelease(store, (await store.putBytes(content)).digest, join(root, 'release')), /TG-DEPLOY-NOT-A-RELEASE/);
});
