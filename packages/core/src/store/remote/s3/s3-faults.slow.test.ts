import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { digestOfBytes, type S3Place } from '../../../platform/index.ts';
import { freePort, type S3Server, skipWithoutS3, startS3Server } from '../../../platform/s3/test-s3-server.ts';
import { startCuttingProxy } from '../../../platform/test-cutting-proxy.ts';
import { markerName } from '../remote-files.ts';
import { s3Files } from './s3-files.ts';

const skip = skipWithoutS3();
const server = skip === null ? await startS3Server() : null;
after(async () => server?.[Symbol.asyncDispose]());

/** A bucket with its right settings, and the same with others. */
async function places(): Promise<{
  readonly server: S3Server;
  readonly place: S3Place;
  readonly but: (other: Partial<S3Place>) => S3Place;
}> {
  if (server === null) throw new Error('there is no server');
  const place = await server.makeBucket();
  return { server, place, but: (other) => ({ ...place, ...other }) };
}

const told = async (place: S3Place): Promise<string> =>
  s3Files(place)
    .check()
    .then(
      () => 'fine',
      (error: unknown) => String(error),
    );

test('each thing that is wrong with a bucket is told with its cause and what to do', { skip: skip ?? false }, async () => {
  const { server: at, but } = await places();
  const keys = (accessKey: string, secretKey: string): Partial<S3Place> => ({
    keys: async () => ({ accessKey, secretKey, sessionToken: null }),
  });

  assert.equal(await told(but({})), 'fine');
  assert.match(await told(but({ bucket: 'nothing-here' })), /TG-STORE-REMOTE: .* there is no bucket "nothing-here"/);
  assert.match(await told(but(keys(at.accessKey, 'wrong'))), /TG-STORE-REMOTE: .* the secret key does not fit the access key/);
  assert.match(await told(but(keys('nobody', 'wrong'))), /TG-STORE-REMOTE: .* knows no such access key/);
  assert.match(await told(but({ region: 'us-east-1' })), /TG-STORE-REMOTE: .* in another region than "us-east-1": in "eu-test-1"/);
  assert.match(
    await told(but({ endpoint: `http://127.0.0.1:${await freePort()}` })),
    /TG-STORE-REMOTE-UNREACHABLE: .* nothing listens at http/,
  );
  assert.match(await told(but({ endpoint: at.endpoint.replace('http:', 'https:') })), /TG-STORE-REMOTE-UNREACHABLE: .* does not speak TLS/);
});

test('a wrong secret writes nothing, and no secret is in what is told', { skip: skip ?? false }, async () => {
  const { server: at, place, but } = await places();
  const wrong = but({ keys: async () => ({ accessKey: at.accessKey, secretKey: 'planted-value', sessionToken: null }) });

  const error: unknown = await s3Files(wrong)
    .write('a', Buffer.from('a'))
    .catch((thrown: unknown) => thrown);

  assert.match(String(error), /the secret key does not fit/);
  assert.doesNotMatch(`${String(error)} ${JSON.stringify(error)}`, /planted-value/);
  assert.equal(await s3Files(place).read('a'), null);
});

test('a bucket that holds something else is no place for a remote, and a part of it may be', { skip: skip ?? false }, async () => {
  const { place, but } = await places();
  await s3Files(place).write('photos/cat.jpg', Buffer.from('cat'));

  assert.match(await told(place), /TG-STORE-REMOTE: .* it holds "photos\/cat.jpg" and no/);
  assert.equal(await told(but({ prefix: 'tidegate' })), 'fine');
  await s3Files(place).write(markerName, Buffer.from('{}'));
  assert.equal(await told(place), 'fine');
});

test('a remote that somebody begins between two looks at its bucket is a remote', { skip: skip ?? false }, async (t) => {
  const { server: at, place, but } = await places();
  const { hostname, port } = new URL(at.endpoint);
  const between = createServer((client) => {
    const onward = connect(Number(port), hostname);
    onward.pipe(client);
    for (const socket of [client, onward]) socket.on('error', () => [client, onward].forEach((each) => each.destroy()));
    client.on('data', (bytes) => {
      const begun = bytes.includes('list-type=2') ? s3Files(place).write(markerName, Buffer.from('{}')) : Promise.resolve();
      void begun.then(() => onward.write(bytes));
    });
    client.on('end', () => onward.end());
  });
  await new Promise<void>((listening) => between.listen(0, '127.0.0.1', listening));
  t.after(() => between.close());
  const address = between.address();

  assert.equal(await told(but({ endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` })), 'fine');
});

test('a server that cuts every connection is not reached, and that is told', { skip: skip ?? false, timeout: 60_000 }, async (t) => {
  const { but } = await places();
  const cutting = createServer((socket) => socket.destroy());
  await new Promise<void>((listening) => cutting.listen(0, '127.0.0.1', listening));
  t.after(() => cutting.close());
  const address = cutting.address();

  const port = typeof address === 'object' ? address?.port : 0;
  assert.match(await told(but({ endpoint: `http://127.0.0.1:${port}` })), /TG-STORE-REMOTE-UNREACHABLE: .* the connection was cut/);
});

test('a conditional write whose answer is lost is known as done when it is sent again', { skip: skip ?? false }, async () => {
  const { server: at, place, but } = await places();
  await s3Files(place).write('root', Buffer.from('1'));
  const { tag = '' } = (await s3Files(place).read('root')) ?? {};
  const large = randomBytes(20_000);
  await using proxy = await startCuttingProxy(at.endpoint, { afterBytes: 0, of: 'answers', times: 1 });

  const written = await s3Files(but({ endpoint: proxy.url })).write('root', large, { onlyIf: { tag } });

  assert.equal(proxy.cuts(), 1);
  assert.equal(written.written, true);
  assert.ok(large.equals(Buffer.from((await s3Files(place).read('root'))?.bytes ?? [])));
});

test('a download over a connection that breaks goes on where it was', { skip: skip ?? false }, async (t) => {
  const { server: at, place, but } = await places();
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-s3-cut-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const bytes = randomBytes(6 << 20);
  await s3Files(place).write('a', bytes);
  await using proxy = await startCuttingProxy(at.endpoint, { afterBytes: 2 << 20, times: 2 });

  const got = await s3Files(but({ endpoint: proxy.url })).download('a', join(folder, 'out'), { digest: digestOfBytes(bytes) });

  assert.equal(proxy.cuts(), 2);
  assert.equal(got?.moved, bytes.length);
});
