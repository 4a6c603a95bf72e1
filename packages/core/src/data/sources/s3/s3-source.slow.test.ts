import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import type { Json } from '@tidegate/formats';
import { openS3, type S3Place } from '../../../platform/index.ts';
import { freePort, skipWithoutS3, startS3Server } from '../../../platform/s3/test-s3-server.ts';
import type { S3SourceConfig } from '../../../config/index.ts';
import { sourceConformance } from '../source.conformance.ts';
import type { Source, SourceReading } from '../source.ts';
import { s3Source } from './s3-source.ts';

const skip = skipWithoutS3() ?? false;
const server = skip === false ? await startS3Server() : null;
after(async () => server?.[Symbol.asyncDispose]());

interface Stage {
  readonly place: S3Place;
  readonly put: (name: string, text: string) => Promise<void>;
  readonly open: (more?: Partial<S3SourceConfig>) => Source;
}

async function makeStage(secretKey = server?.secretKey ?? ''): Promise<Stage> {
  if (server === null) throw new Error('there is no server');
  const place = await server.makeBucket();
  const bucket = openS3(place, ({ found }) => new Error(found));
  const secret = async (name: string): Promise<string | null> => (name === 'S3_SECRET' ? secretKey : null);
  const keys = { accessKey: server.accessKey, secretKey: { secret: 'S3_SECRET' }, sessionToken: null };
  const config = { kind: 's3', ...place, keys, prefix: 'data', objects: [] } as const;
  return {
    place,
    put: async (name, text) => {
      const bytes = Buffer.from(text);
      await bucket.put(name, { bytes, sha256: createHash('sha256').update(bytes).digest(), onlyIf: null });
    },
    open: (more = {}) => s3Source({ ...config, ...more }, { root: '/', secret }),
  };
}

sourceConformance(
  'a source of S3',
  async () => {
    const { put, open } = await makeStage();
    for (const name of ['data/a.csv', 'data/deep/b.csv', 'other/c.csv']) await put(name, 'x\n1\n');
    return {
      source: open(),
      missing: open({ objects: ['*.parquet'] }),
      unreachable: open({ endpoint: `http://127.0.0.1:${await freePort()}` }),
      add: () => put('data/d.csv', 'x\n2\n'),
      hidden: [server?.secretKey ?? '', server?.endpoint ?? '', '127.0.0.1'],
      [Symbol.asyncDispose]: async () => {},
    };
  },
  skip,
);

async function read(t: TestContext, source: Source, since: Json = null): Promise<SourceReading> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-s3-source-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return source.read({ folder, since, signal: new AbortController().signal, progress: () => {} });
}

test('objects are chosen by patterns, and those whose ETag is the former one are not read again', { skip }, async (t) => {
  const { put, open } = await makeStage();
  for (const name of ['a.csv', 'b.csv', 'deep/c.csv', 'notes.txt']) await put(`data/${name}`, name);
  const source = open({ objects: ['**/*.csv', '*.csv'] });
  const first = await read(t, source);

  await put('data/b.csv', 'changed');
  const second = await read(t, source, first.position);

  assert.ok(second.kind === 'files');
  assert.deepEqual(
    second.files.map(({ path, file }) => [path, file === null ? null : readFileSync(file, 'utf8')]),
    [
      ['a.csv', null],
      ['b.csv', 'changed'],
      ['deep/c.csv', null],
    ],
  );
  assert.equal((await read(t, source, second.position)).kind, 'unchanged');
});

test('a wrong secret and a bucket that is not there are told as such, and no secret with them', { skip }, async (t) => {
  const { open } = await makeStage('planted-secret-value');
  const wrong: unknown = await read(t, open()).catch((error: unknown) => error);

  assert.match(String(wrong), /TG-SOURCE-DENIED: .* the secret key does not fit/);
  assert.doesNotMatch(JSON.stringify(wrong), /planted-secret-value/);
  await assert.rejects(read(t, (await makeStage()).open({ bucket: 'nothing-here' })), /TG-SOURCE-NOT-FOUND: .* no bucket "nothing-here"/);
});

test('each fault has its cause and its fix, in a reading and in a check', { skip }, async (t) => {
  const { open, put } = await makeStage();
  await put('data/a.csv', 'x\n1\n');
  const { endpoint = '', accessKey = '' } = server ?? {};
  const keys = { accessKey, secretKey: { secret: 'S3_SECRET' }, sessionToken: null };
  const faults: readonly (readonly [Partial<S3SourceConfig>, string, RegExp])[] = [
    [{ endpoint: `http://127.0.0.1:${await freePort()}` }, 'TG-SOURCE-UNREACHABLE', /nothing listens/],
    [{ endpoint: endpoint.replace('http:', 'https:') }, 'TG-SOURCE-TLS', /does not speak TLS/],
    [{ keys: { ...keys, accessKey: 'nobody' } }, 'TG-SOURCE-DENIED', /knows no such access key/],
    [{ keys: { ...keys, secretKey: { secret: 'OTHER' } } }, 'TG-SECRETS-MISSING', /"OTHER" has no value/],
    [{ bucket: 'nothing-here' }, 'TG-SOURCE-NOT-FOUND', /no bucket "nothing-here"/],
    [{ bucket: 'No' }, 'TG-SOURCE-ADDRESS', /can be no name of a bucket/],
    [{ prefix: 'elsewhere' }, 'TG-SOURCE-NOT-FOUND', /there are none/],
    [{ objects: ['*.parquet'] }, 'TG-SOURCE-NOT-FOUND', /none matches "\*\.parquet"/],
  ];
  for (const [more, code, message] of faults) {
    const source = open(more);
    await assert.rejects(read(t, source), new RegExp(`${code}: .*${message.source}`));
    const last = (await source.check({ signal: new AbortController().signal })).at(-1);
    assert.deepEqual([last?.verdict, last?.measured['code'], last?.hint !== null], ['fail', code, true], message.source);
  }
});
