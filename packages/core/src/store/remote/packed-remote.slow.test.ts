import assert from 'node:assert/strict';
import { createCipheriv, createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type Digest, hexOf } from '@tidegate/formats';
import { digestOfBytes } from '../../platform/index.ts';
import { folderFiles } from './folder/folder-files.ts';
import { packedRemote } from './packed-remote.ts';
import { objectFileName } from './objects/pack-name.ts';
import { readOneRecord, type ObjectToPut, type Remote } from './remote.ts';
import type { RemoteFiles } from './remote-files.ts';
import { damageObject } from './test-damage.ts';

interface Rig {
  readonly folder: string;
  /** The remote as one more machine sees it, whose index is kept between calls of the same name. */
  readonly machine: (name: string) => Remote;
  /** What was asked of the place since the last time, `read 3` and so on. */
  readonly asked: () => { readonly read: number; readonly write: number; readonly list: number };
  /** Bytes read in parts since the last time. */
  readonly bytesRead: () => number;
}

function makeRig(t: TestContext): Rig {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-packed-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let [calls, bytes] = [{ read: 0, write: 0, list: 0 }, 0];
  const plain = folderFiles(join(folder, 'remote'));
  const counted: RemoteFiles = {
    ...plain,
    read: async (name, options) => {
      calls.read += 1;
      const found = await plain.read(name, options);
      bytes += found?.bytes.byteLength ?? 0;
      return found;
    },
    write: (name, source, options) => ((calls.write += 1), plain.write(name, source, options)),
    list: (prefix, options) => ((calls.list += 1), plain.list(prefix, options)),
  };
  return {
    folder,
    machine: (name) => packedRemote(counted, { zone: 'main', scratch: join(folder, name, 'incoming'), cache: join(folder, name, 'index') }),
    asked: () => {
      const told = calls;
      calls = { read: 0, write: 0, list: 0 };
      return told;
    },
    bytesRead: () => {
      const told = bytes;
      bytes = 0;
      return told;
    },
  };
}

function shortObjects(count: number, what = 'object'): readonly ObjectToPut[] {
  return Array.from({ length: count }, (_, number) => {
    const bytes = Buffer.from(`${what} ${number} `.repeat(20));
    return { digest: digestOfBytes(bytes), bytes: bytes.length, content: async () => bytes };
  });
}

/** Bytes without a pattern in them, the same for the same seed. */
function noise(length: number, seed: string): Buffer {
  const key = createHash('sha256').update(seed).digest().subarray(0, 16);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

function objectOf(bytes: Uint8Array): ObjectToPut {
  return { digest: digestOfBytes(bytes), bytes: bytes.byteLength, content: async () => bytes };
}

test('a thousand short objects are one pack, and putting them again asks four small questions and lists nothing', async (t) => {
  const { machine, asked } = makeRig(t);
  const objects = shortObjects(1_000);

  const put = await machine('a').putObjects(objects);

  assert.equal(put.objects, 1_000);
  assert.deepEqual({ ...asked(), read: 0 }, { read: 0, write: 4, list: 0 }, 'marker, pack, shard, root');
  const again = machine('a');
  assert.deepEqual(await again.putObjects(objects), { objects: 0, bytes: 0, moved: 0, lost: [] });
  assert.deepEqual(asked(), { read: 5, write: 0, list: 0 }, 'the marker, and the root of each zone');
  assert.deepEqual(await again.missing(objects), []);
  assert.deepEqual(asked(), { read: 4, write: 0, list: 0 });
});

test('a thousand short objects come by one read of their pack, and each is what it should be', async (t) => {
  const { machine, asked } = makeRig(t);
  const objects = shortObjects(1_000);
  await machine('a').putObjects(objects);
  const reader = machine('b');
  await reader.missing(objects);
  asked();
  const came = new Set<Digest>();

  const lost = await reader.getObjects([...objects.map(({ digest }) => digest), digestOfBytes('none')], async (digest, content) => {
    assert.ok(typeof content !== 'string' && digestOfBytes(content) === digest);
    came.add(digest);
  });

  assert.deepEqual(lost, [digestOfBytes('none')]);
  assert.equal(came.size, 1_000);
  assert.deepEqual(asked(), { read: 5, write: 0, list: 0 });
});

test('a long object that differs by some bytes from one that is there costs a little, and comes back byte for byte', async (t) => {
  const { folder, machine } = makeRig(t);
  const first = noise(4 << 20, 'tide');
  const second = Buffer.concat([first.subarray(0, 2 << 20), Buffer.from('some bytes'), first.subarray(2 << 20)]);
  const path = join(folder, 'second');
  writeFileSync(path, second);
  const progress: number[] = [];

  const whole = await machine('a').putObjects([objectOf(first)]);
  const added = await machine('a').putObjects([{ ...objectOf(second), content: async () => path }], {
    onProgress: ({ moved }) => progress.push(moved),
  });

  assert.ok(whole.moved > first.length, `${whole.moved}`);
  assert.ok(added.moved < 400_000, `${added.moved} of ${second.length}`);
  assert.equal(progress.at(-1), added.moved);
  for (const bytes of [first, second]) {
    const out = join(folder, 'out');
    assert.equal(await machine('b').getObject(digestOfBytes(bytes), out), 'at-path');
    assert.ok(bytes.equals(readFileSync(out)));
  }
});

test('a long object that is half here is fetched from where it ended, whatever else lies in its place', async (t) => {
  const { folder, machine, bytesRead } = makeRig(t);
  const bytes = noise(4 << 20, 'tide');
  const digest = digestOfBytes(bytes);
  await machine('a').putObjects([objectOf(bytes)]);
  const half = join(folder, 'b/incoming', `.part-${hexOf(digest)}`);
  mkdirSync(dirname(half), { recursive: true });
  writeFileSync(half, Buffer.concat([bytes.subarray(0, 3 << 20), Buffer.alloc(1 << 20, 'x')]));
  await machine('b').missing([{ digest, bytes: null }]);
  bytesRead();

  await machine('b').getObject(digest, join(folder, 'out'));

  assert.ok(bytes.equals(readFileSync(join(folder, 'out'))));
  const read = bytesRead();
  assert.ok(read < 1_600_000, `${read} bytes`);
  assert.deepEqual(readdirSync(dirname(half)), []);
});

test('a part of a long object is read by the pieces that it lies in, and is checked', async (t) => {
  const { folder, machine, bytesRead } = makeRig(t);
  const bytes = noise(4 << 20, 'tide');
  const digest = digestOfBytes(bytes);
  await machine('a').putObjects([objectOf(bytes), ...shortObjects(1)]);
  const reader = machine('b');
  await reader.readRange(digest, { from: 0, to: 1 });
  bytesRead();

  const part = await reader.readRange(digest, { from: 1_000_000, to: 1_300_000 });

  assert.ok(bytes.subarray(1_000_000, 1_300_000).equals(part ?? new Uint8Array()));
  const read = bytesRead();
  assert.ok(read < 800_000, `${read} bytes`);
  assert.deepEqual(await reader.readRange(digest, { from: bytes.length - 8, to: bytes.length + 8 }), bytes.subarray(-8));
  assert.equal(Buffer.from((await reader.readRange(shortObjects(1)[0]?.digest ?? digest, { from: 0, to: 6 })) ?? []).toString(), 'object');
  assert.equal(await reader.readRange(digestOfBytes('none'), { from: 0, to: 1 }), null);
  const short = shortObjects(1)[0] ?? assert.fail();
  await damageObject(join(folder, 'remote'), short.digest);
  await assert.rejects(reader.readRange(short.digest, { from: 0, to: 1 }), /TG-STORE-OBJECT-CORRUPT/);
});

test('a push that was interrupted goes on: what had arrived is not sent again, and is whole', async (t) => {
  const { machine } = makeRig(t);
  const objects = Array.from({ length: 30 }, (_, number) => objectOf(noise(1 << 20, `object ${number}`)));
  const abort = new AbortController();
  let moved = 0;

  const interrupted = machine('a').putObjects(objects, {
    signal: abort.signal,
    onProgress: (progress) => {
      moved = progress.moved;
      if (moved > 8 << 20) abort.abort(new Error('enough'));
    },
  });
  await assert.rejects(interrupted, /enough/);
  const rest = await machine('a').putObjects(objects);

  assert.ok(rest.moved + moved < 31 << 20, `${moved} and then ${rest.moved}`);
  assert.deepEqual(await machine('b').missing(objects), []);
});

test('a remote of version 1 is read as it is, and written on as version 2 with all that it had', async (t) => {
  const { folder, machine, asked } = makeRig(t);
  const remote = join(folder, 'remote');
  const put = (name: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(remote, name)), { recursive: true });
    writeFileSync(join(remote, name), content);
  };
  const [short, long] = [Buffer.from('tide'), noise(300_000, 'long')];
  put('tidegate-remote.json', '{"format":"tidegate.remote/1"}');
  for (const bytes of [short, long]) put(objectFileName(digestOfBytes(bytes)), bytes);
  put('records/releases/ab.json', '{"a":1}');
  const all = [short, long].map((bytes) => ({ digest: digestOfBytes(bytes), bytes: bytes.length }));

  assert.deepEqual(await machine('a').missing([...all, { digest: digestOfBytes('no'), bytes: null }]), [digestOfBytes('no')]);
  assert.deepEqual(
    await machine('a').getObjects([all[1]?.digest ?? assert.fail()], async (_, content) => {
      assert.ok(typeof content === 'string' && long.equals(readFileSync(content)));
    }),
    [],
  );
  assert.deepEqual(await readOneRecord(machine('a'), 'releases/ab'), { a: 1 });
  assert.equal(asked().write, 0);
  assert.deepEqual(readdirSync(remote).toSorted(), ['objects', 'records', 'tidegate-remote.json']);

  await machine('a').putObjects(shortObjects(1));

  assert.equal(readFileSync(join(remote, 'tidegate-remote.json'), 'utf8'), '{"format":"tidegate.remote/2"}');
  assert.deepEqual(await machine('b').missing([...all, ...shortObjects(1)]), []);
  renameSync(join(remote, 'objects'), join(remote, 'gone'));
  assert.deepEqual(await machine('b').getObjects([digestOfBytes(short)], assert.fail), [digestOfBytes(short)]);
  assert.deepEqual(await machine('b').missing(all), [digestOfBytes(short)], 'what was found to be gone is missing from then on');
});

test('an object that is nowhere is told, and the others are put', async (t) => {
  const { machine } = makeRig(t);
  const [first = assert.fail(), second = assert.fail()] = shortObjects(2);

  const { objects, lost } = await machine('a').putObjects([{ ...first, content: async () => null }, second]);

  assert.deepEqual({ objects, lost }, { objects: 1, lost: [first.digest] });
  assert.deepEqual(await machine('b').missing([first, second]), [first.digest]);
});
