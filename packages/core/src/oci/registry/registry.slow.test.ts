import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { compareCodeUnits } from '@tidegate/formats';
import { openHttpExchange } from '../../platform/index.ts';
import { folderObjectStore, type ObjectStore } from '../../store/index.ts';
import { composeAttachment } from '../attach.ts';
import { composeImage, type Image } from '../image.ts';
import { composeIndex } from '../image-index.ts';
import { imageReference } from '../image-reference.ts';
import { writeLayer } from '../layer/write-layer.ts';
import { findProgram, login, skipWithoutProgram, startCraneRegistry, startDockerRegistry, type TestRegistry } from '../test-registry.ts';
import { pullImage } from './pull-image.ts';
import { pushImage } from './push-image.ts';
import { referrersOf } from './referrers.ts';
import { fetchManifest, openRepository, type RegistryOptions } from './registry.ts';

const needsRegistry = { skip: skipWithoutProgram('docker-registry') };
const needsCrane = { skip: skipWithoutProgram('crane') };

interface Bench {
  readonly root: string;
  readonly store: ObjectStore;
  readonly scratch: () => string;
}

async function bench(t: { after: (end: () => Promise<void>) => void }): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-oci-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  let scratches = 0;
  return { root, store: folderObjectStore(join(root, 'objects')), scratch: () => join(root, `scratch-${(scratches += 1)}`) };
}

/** An image of two layers, the second of so many bytes that nothing makes fewer. */
async function imageOf({ root, store, scratch }: Bench, architecture: string, bytes = 100_000): Promise<Image> {
  await writeFile(join(root, 'weights'), randomBytes(bytes));
  const code = await writeLayer(store, [{ kind: 'text', path: 'app/start', executable: true, content: '#!/bin/sh\n' }], {
    compress: true,
    scratch: scratch(),
  });
  const model = await writeLayer(store, [{ kind: 'file', path: 'app/model', executable: false, from: join(root, 'weights'), bytes }], {
    compress: false,
    scratch: scratch(),
  });
  return composeImage(store, {
    base: null,
    platform: { os: 'linux', architecture },
    layers: [
      { layer: code, createdBy: 'code' },
      { layer: model, createdBy: 'model' },
    ],
    config: { Entrypoint: ['/app/start'], Labels: { 'org.opencontainers.image.title': 'delay' }, User: '65532' },
    annotations: { 'org.opencontainers.image.title': 'delay' },
  });
}

const amd64 = { os: 'linux', architecture: 'amd64' } as const;

/** As JSON says it: what is read has no prototype. */
const plain = (image: Image | undefined): unknown => JSON.parse(JSON.stringify(image)) as unknown;

const anyone: RegistryOptions = { variables: { HOME: '/nowhere' } };

async function loggedIn(root: string, { host }: TestRegistry): Promise<RegistryOptions> {
  const auth = Buffer.from(`${login.user}:${login.password}`).toString('base64');
  await writeFile(join(root, 'auth.json'), JSON.stringify({ auths: { [host]: { auth } } }));
  return { variables: { REGISTRY_AUTH_FILE: join(root, 'auth.json') } };
}

const only = (image: Image) => ({ descriptor: image.descriptor, images: [image], attachments: [] });

test('what is pushed to a real registry, skopeo reads; and it comes back byte for byte', needsRegistry, async (t) => {
  const here = await bench(t);
  await using registry = await startDockerRegistry();
  const image = await imageOf(here, 'amd64');
  const name = `${registry.host}/team/delay:v1`;

  await pushImage(only(image), imageReference(name), here.store, anyone);
  const seen = JSON.parse(
    execFileSync(findProgram('skopeo') ?? 'skopeo', ['inspect', '--tls-verify=false', `docker://${name}`], { encoding: 'utf8' }),
  ) as { Digest: string; Layers: string[] };
  const elsewhere = await bench(t);
  const back = await pullImage(imageReference(name), amd64, elsewhere.store, {
    ...anyone,
    scratch: elsewhere.scratch,
  });

  assert.equal(seen.Digest, image.descriptor.digest);
  assert.deepEqual(
    seen.Layers,
    image.manifest.layers.map((layer) => layer.digest),
  );
  assert.deepEqual(plain(back), plain(image));
  for (const { digest, size } of image.manifest.layers) assert.equal((await elsewhere.store.readBytes(digest)).length, size);
});

test('an index has an image for each platform; one that is not there is refused by name', needsRegistry, async (t) => {
  const here = await bench(t);
  await using registry = await startDockerRegistry();
  const images = [await imageOf(here, 'amd64'), await imageOf(here, 'arm64')];
  const descriptor = await composeIndex(here.store, images, {});
  const name = imageReference(`${registry.host}/team/delay:v1`);

  await pushImage({ descriptor, images, attachments: [] }, name, here.store, anyone);
  const elsewhere = await bench(t);
  const pull = (architecture: string): Promise<Image> =>
    pullImage(name, { os: 'linux', architecture }, elsewhere.store, { ...anyone, scratch: elsewhere.scratch });

  assert.deepEqual(plain(await pull('arm64')), plain(images[1]));
  await assert.rejects(pull('s390x'), /TG-IMAGE-PLATFORM: .* for linux\/s390x: it is for linux\/amd64, linux\/arm64/);
});

const registries = [
  { what: 'distribution 2.8', start: startDockerRegistry, options: needsRegistry },
  { what: 'go-containerregistry', start: startCraneRegistry, options: needsCrane },
] as const;

for (const { what, start, options } of registries)
  test(`a blob is sent in chunks, and is whole after an answer that was lost: ${what}`, options, async (t) => {
    const here = await bench(t);
    await using registry = await start();
    const image = await imageOf(here, 'amd64', 1_000_000);
    const real = openHttpExchange();
    let patches = 0;
    const exchange: typeof real = {
      ask: async (question) => {
        const answer = await real.ask(question);
        if (question.method !== 'PATCH' || (patches += 1) !== 5) return answer;
        for await (const chunk of answer.body) void chunk;
        throw Object.assign(new Error('cut'), { code: 'ECONNRESET' });
      },
    };

    await pushImage(only(image), imageReference(`${registry.host}/delay:v1`), here.store, { ...anyone, exchange, chunkBytes: 100_000 });
    const elsewhere = await bench(t);
    const back = await pullImage(imageReference(`${registry.host}/delay:v1`), amd64, elsewhere.store, {
      ...anyone,
      scratch: elsewhere.scratch,
    });

    assert.ok(patches > 10 && patches < 24, `${patches} chunks`);
    assert.deepEqual(plain(back), plain(image));
  });

test('a download that is cut short goes on where it was', needsRegistry, async (t) => {
  const here = await bench(t);
  await using registry = await startDockerRegistry();
  const image = await imageOf(here, 'amd64', 3_000_000);
  const name = imageReference(`${registry.host}/delay:v1`);
  await pushImage(only(image), name, here.store, anyone);
  const real = openHttpExchange();
  const ranges: string[] = [];
  const exchange: typeof real = {
    ask: async (question) => {
      const answer = await real.ask(question);
      if (question.headers['range'] !== undefined) ranges.push(question.headers['range']);
      if (question.url.includes('/blobs/') && ranges.length < 2) {
        let bytes = 0;
        answer.body.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > 500_000) answer.body.destroy(Object.assign(new Error('cut'), { code: 'ECONNRESET' }));
        });
        answer.body.pause();
      }
      return answer;
    },
  };

  const elsewhere = await bench(t);
  const back = await pullImage(name, amd64, elsewhere.store, {
    ...anyone,
    exchange,
    scratch: elsewhere.scratch,
  });

  assert.deepEqual(plain(back), plain(image));
  assert.ok(ranges.length >= 2 && ranges.every((range) => /^bytes=[1-9]\d*-\d+$/.test(range)), ranges.join());
});

test('a pull brings nothing that is not what its digest says', needsRegistry, async (t) => {
  const here = await bench(t);
  await using registry = await startDockerRegistry();
  const image = await imageOf(here, 'amd64');
  const name = imageReference(`${registry.host}/delay:v1`);
  await pushImage(only(image), name, here.store, anyone);
  const real = openHttpExchange();
  const spoiling = (spoil: (chunk: Buffer) => Buffer): typeof real => ({
    ask: async (question) => {
      const answer = await real.ask(question);
      if (!question.url.includes(image.manifest.layers[1]?.digest ?? '')) return answer;
      return { ...answer, body: answer.body.map(spoil) };
    },
  });
  const pull = async (spoil: (chunk: Buffer) => Buffer): Promise<boolean> => {
    const elsewhere = await bench(t);
    const found = pullImage(name, amd64, elsewhere.store, {
      ...anyone,
      exchange: spoiling(spoil),
      scratch: elsewhere.scratch,
    });
    await assert.rejects(found, /TG-IMAGE-CORRUPT/);
    return elsewhere.store.has(image.manifest.layers[1]?.digest ?? image.descriptor.digest);
  };

  assert.equal(await pull((chunk) => Buffer.from(chunk.map((byte) => byte ^ 1))), false);
  assert.equal(await pull((chunk) => Buffer.concat([chunk, Buffer.from('more')])), false);
});

for (const auth of ['basic', 'token'] as const)
  test(`a registry that wants a login gets the one that is stored: ${auth}`, needsRegistry, async (t) => {
    const here = await bench(t);
    await using registry = await startDockerRegistry(auth);
    const image = await imageOf(here, 'amd64');
    const name = imageReference(`${registry.host}/team/delay:v1`);
    const elsewhere = await bench(t);

    await assert.rejects(pushImage(only(image), name, here.store, anyone), /TG-IMAGE-LOGIN/);
    await pushImage(only(image), name, here.store, await loggedIn(here.root, registry));
    const options = { ...(await loggedIn(elsewhere.root, registry)), scratch: elsewhere.scratch };

    assert.deepEqual(plain(await pullImage(name, amd64, elsewhere.store, options)), plain(image));
    await assert.rejects(pullImage({ ...name, tag: 'v2' }, amd64, elsewhere.store, options), /TG-IMAGE-NOT-FOUND/);
  });

test('a registry that is not there, or ends in the middle, is named with what to do', needsRegistry, async (t) => {
  const here = await bench(t);
  const image = await imageOf(here, 'amd64');
  const real = openHttpExchange();
  await using registry = await startDockerRegistry();
  const cutting: typeof real = {
    ask: async (question) => {
      if (question.method !== 'POST') return real.ask(question);
      throw Object.assign(new Error('cut'), { code: 'ECONNRESET' });
    },
  };

  await assert.rejects(
    pushImage(only(image), imageReference('127.0.0.1:1/delay:v1'), here.store, anyone),
    /TG-IMAGE-REGISTRY: .*nothing listens at 127\.0\.0\.1:1/,
  );
  await assert.rejects(
    pushImage(only(image), imageReference(`${registry.host}/delay:v1`), here.store, { ...anyone, exchange: cutting }),
    /TG-IMAGE-REGISTRY: .*the connection was cut/,
  );
});

test('a mirror is asked first, and the registry itself where the mirror does not answer', needsRegistry, async (t) => {
  const here = await bench(t);
  await using registry = await startDockerRegistry();
  const image = await imageOf(here, 'amd64');
  await pushImage(only(image), imageReference(`${registry.host}/library/delay:v1`), here.store, anyone);
  const elsewhere = await bench(t);
  const options = { ...anyone, scratch: elsewhere.scratch, mirrors: { 'docker.io': ['127.0.0.1:1', registry.host] } };

  assert.deepEqual(plain(await pullImage(imageReference('delay:v1'), amd64, elsewhere.store, options)), plain(image));
});

for (const { what, start, options } of registries)
  test(`what is attached to an image is found again, with a list of its own or by a tag: ${what}`, options, async (t) => {
    const here = await bench(t);
    await using registry = await start();
    const image = await imageOf(here, 'amd64');
    const attach = (kind: string): ReturnType<typeof composeAttachment> =>
      composeAttachment(here.store, image.descriptor, {
        artifactType: `application/vnd.of-a-test.${kind}`,
        bytes: `{"${kind}":1}`,
        annotations: { kind },
      });
    const attachments = [await attach('sbom'), await attach('provenance')];
    const name = imageReference(`${registry.host}/delay:v1`);

    await pushImage({ ...only(image), attachments }, name, here.store, anyone);
    await pushImage({ ...only(image), attachments }, name, here.store, anyone);
    const repository = openRepository(name.registry, name.repository, 'pull', anyone);
    const found = await referrersOf(repository, image.descriptor.digest);
    const digests = found.map(({ digest }) => digest).toSorted();

    assert.deepEqual(digests, attachments.map(({ descriptor }) => descriptor.digest).toSorted());
    assert.deepEqual(found.map(({ artifactType }) => artifactType ?? '').toSorted(compareCodeUnits), [
      'application/vnd.of-a-test.provenance',
      'application/vnd.of-a-test.sbom',
    ]);
    assert.deepEqual(
      (await fetchManifest(repository, digests[0] ?? '')).json,
      JSON.parse(Buffer.from(await here.store.readBytes(digests[0] ?? image.descriptor.digest)).toString()),
    );
  });
