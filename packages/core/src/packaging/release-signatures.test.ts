import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Digest, digestOfHex, type ReleaseManifest } from '@tidegate/formats';
import { hintOf, verifySignature } from '@tidegate/runtime';
import { systemPlatform } from '../platform/index.ts';
import { findHome, folderObjectStore, openState } from '../store/index.ts';
import { checkOutRelease, recordSignature, type ReleasePlace, signaturesOf, signRelease, trustedSignature } from './index.ts';

interface Bench extends ReleasePlace {
  readonly root: string;
  readonly objects: string;
  /** The only release, with a model that is too long for the database of small objects. */
  readonly release: Digest;
  readonly key: KeyObject;
}

const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
const weights = Buffer.alloc(100_000, 7);

async function open(t: TestContext): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-signed-release-'));
  const home = findHome({ ...systemPlatform, variables: { TIDEGATE_HOME: join(root, 'home') } });
  const state = openState(home.state);
  t.after(async () => {
    state[Symbol.dispose]();
    await rm(root, { recursive: true, force: true });
  });
  const store = folderObjectStore(home.objects);
  const model = await store.putBytes(weights);
  const files = await store.putJson({
    format: 'tidegate.tree/1',
    entries: [
      { path: 'model/price.onnx', ...model },
      { path: 'start', ...(await store.putBytes('#!/bin/sh\n')), executable: true },
    ],
  });
  const manifest: ReleaseManifest = {
    format: 'tidegate.release/1',
    project: 'shop',
    service: 'prices',
    model: {
      name: 'price',
      version: digestOfHex('1'.repeat(64)),
      artifact: model.digest,
      flavor: 'onnx',
      file: 'price.onnx',
      signature: { task: 'regression', inputs: [], classes: [] },
    },
    features: null,
    definitions: null,
    python: null,
    runtime: { name: '@tidegate/serving', version: '0.1.0' },
    files: files.digest,
  };
  const { digest } = await store.putJson(manifest);
  return { root, objects: home.objects, store, state, release: digest, key: newKey() };
}

const trusting = (...keys: readonly KeyObject[]): { readonly keys: readonly KeyObject[]; readonly required: true } => ({
  keys: keys.map((key) => createPublicKey(key)),
  required: true,
});

test('a signed release is a folder with its signature, which any OMS tool verifies over every file', async (t) => {
  const bench = await open(t);
  const { root, store, state, release, key } = bench;
  const folder = join(root, 'release');

  await signRelease(bench, release, key);
  await signRelease(bench, release, key);
  const [bundle, ...more] = signaturesOf(state, release);
  await checkOutRelease(store, release, folder, trustedSignature(state, release, trusting(key)));

  assert.deepEqual(more, []);
  assert.equal(await readFile(join(folder, 'model.sig'), 'utf8'), bundle);
  const { files } = await verifySignature(folder, bundle ?? '', {
    trust: { kind: 'key', key: createPublicKey(key) },
    ignored: ['model.sig'],
  });
  assert.deepEqual(files, ['model/price.onnx', 'release.json', 'start']);
});

test('hostile 40: a release that nobody trusted has signed is refused with who has, and used only where no signature is needed', async (t) => {
  const bench = await open(t);
  const { state, release, key } = bench;
  const other = newKey();

  assert.throws(() => trustedSignature(state, release, trusting(key)), /TG-DEPLOY-UNSIGNED: .*nobody has signed it/);
  await signRelease(bench, release, other);
  assert.throws(() => trustedSignature(state, release, trusting(key)), new RegExp(`is signed by ${hintOf(other).slice(0, 16)}`));
  assert.equal(trustedSignature(state, release, { ...trusting(key), required: false }), null);
  assert.equal(hintOf(trustedSignature(state, release, trusting(key, other))?.key ?? key), hintOf(other));
});

test('hostile 40: a signature that only says it is of the key does not hold, and nothing is checked out', async (t) => {
  const bench = await open(t);
  const { root, store, state, release, key } = bench;
  const other = newKey();
  await signRelease(bench, release, other);
  recordSignature(state, release, (signaturesOf(state, release)[0] ?? '').replace(hintOf(other), hintOf(key)));

  const signature = trustedSignature(state, release, trusting(key));

  await assert.rejects(
    checkOutRelease(store, release, join(root, 'release'), signature),
    /TG-MODELS-SIGNATURE: .*not signed with this key/,
  );
  assert.deepEqual(await readdir(root), ['home']);
});

test('hostile 40: a model that was changed in the store after packaging is named, and the folder that is there stays', async (t) => {
  const bench = await open(t);
  const { root, objects, store, state, release, key } = bench;
  await signRelease(bench, release, key);
  const signature = trustedSignature(state, release, trusting(key));
  const folder = join(root, 'release');
  const file = await fileWith(objects, weights);
  await chmod(file, 0o644);
  await writeFile(file, Buffer.alloc(weights.length, 8));

  await assert.rejects(
    checkOutRelease(store, release, folder, signature),
    /TG-STORE-OBJECT-CORRUPT: Cannot write "model\/price.onnx" of the release: /,
  );
  assert.deepEqual((await readdir(root)).toSorted(), ['home']);
});

test('a folder whose signature was taken away or changed is made whole again', async (t) => {
  const bench = await open(t);
  const { root, store, state, release, key } = bench;
  await signRelease(bench, release, key);
  const signature = trustedSignature(state, release, trusting(key));
  const folder = join(root, 'release');
  await checkOutRelease(store, release, folder, signature);

  await writeFile(join(folder, 'model.sig'), '{}');
  await checkOutRelease(store, release, folder, signature);
  assert.equal(await readFile(join(folder, 'model.sig'), 'utf8'), signature?.bundle);
  await rm(join(folder, 'model.sig'));
  await checkOutRelease(store, release, folder, signature);
  assert.equal(await readFile(join(folder, 'model.sig'), 'utf8'), signature?.bundle);
});

async function fileWith(folder: string, bytes: Uint8Array): Promise<string> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && Buffer.compare(await readFile(path), bytes) === 0) return path;
  }
  throw new Error('The store has no such file');
}
