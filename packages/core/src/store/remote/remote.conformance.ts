import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Digest, type Zone, zones } from '@tidegate/formats';
import { digestOfBytes } from '../../platform/index.ts';
import { readOneRecord, type Remote } from './remote.ts';

export interface RemotePlace {
  /** The remote as one more machine sees it, for runs of a zone, `main` by default: each call opens it anew. */
  readonly open: (zone?: Zone) => Remote;
  /** Gives a stored object other bytes. */
  readonly damage: (digest: Digest) => Promise<void>;
}

/** What a remote must do, wherever it is. `make` makes an empty one; `folder` is for it and the test, and is removed afterwards. `skip` says why it cannot be tried. */
export function remoteConformance(
  name: string,
  make: (folder: string) => RemotePlace | Promise<RemotePlace>,
  { skip = null }: { readonly skip?: string | null } = {},
): void {
  const behaves = (behaviour: string, body: (place: RemotePlace & { readonly folder: string }) => Promise<void>): void => {
    test(`${name}: ${behaviour}`, { skip: skip ?? false }, async (t) => {
      const folder = await mkdtemp(join(tmpdir(), 'tidegate-remote-'));
      t.after(() => rm(folder, { recursive: true, force: true }));
      await body({ ...(await make(folder)), folder });
    });
  };
  const put = async (remote: Remote, folder: string, text: string): Promise<Digest> => {
    const digest = digestOfBytes(text);
    await writeFile(join(folder, 'source'), text);
    await remote.putObject(digest, join(folder, 'source'));
    return digest;
  };

  behaves('one that nobody has written to is empty', async ({ open, folder }) => {
    const digest = digestOfBytes('tide');

    assert.deepEqual(await open().missing([{ digest, bytes: 4 }]), [digest]);
    assert.equal(await open().getObject(digest, join(folder, 'out')), null);
    assert.equal(await readOneRecord(open(), 'results/main/none'), null);
  });

  behaves('an object put by one machine is there for another, and only what is absent is missing', async ({ open, folder }) => {
    const digest = await put(open(), folder, 'tide');
    const other = digestOfBytes('other');

    assert.deepEqual(
      await open().missing([
        { digest, bytes: 4 },
        { digest: other, bytes: null },
      ]),
      [other],
    );
    assert.equal(await received(open(), digest, join(folder, 'out')), 'tide');
  });

  behaves('an object can be put as bytes, and a long one comes as a file', async ({ open, folder }) => {
    const text = 'tide'.repeat(1_000_000);
    const digest = digestOfBytes(text);

    await open().putObject(digest, Buffer.from(text));

    assert.equal(await received(open(), digest, join(folder, 'out')), text);
    await assert.rejects(open().putObject(digestOfBytes('other'), Buffer.from(text)), /TG-STORE-FILE-CHANGED/);
  });

  behaves('bytes that do not have the digest they are put under are refused', async ({ open, folder }) => {
    await writeFile(join(folder, 'source'), 'other bytes');

    await assert.rejects(open().putObject(digestOfBytes('tide'), join(folder, 'source')), /TG-STORE-FILE-CHANGED/);

    assert.deepEqual(await open().missing([{ digest: digestOfBytes('tide'), bytes: null }]), [digestOfBytes('tide')]);
  });

  behaves('a damaged object is refused by its name, is missing from then on, and can be put again', async ({ open, folder, damage }) => {
    const digest = await put(open(), folder, 'tide');
    await damage(digest);

    await assert.rejects(open().getObject(digest, join(folder, 'out')), new RegExp(`TG-STORE-OBJECT-CORRUPT.*${digest}`));

    assert.deepEqual(await open().missing([{ digest, bytes: null }]), [digest]);
    await put(open(), folder, 'tide');
    assert.equal(await received(open(), digest, join(folder, 'out')), 'tide');
  });

  behaves('a record is added once: of many at once one counts, and it is whole', async ({ open }) => {
    const machines = Array.from({ length: 12 }, (_, machine) => ({ machine, padding: 'x'.repeat(20_000) }));

    const added = await Promise.all(machines.map((record) => open().addRecord('results/main/ab/cd', record)));

    const winner = added.findIndex((isFirst) => isFirst);
    assert.equal(added.filter((isFirst) => isFirst).length, 1);
    assert.deepEqual(await readOneRecord(open(), 'results/main/ab/cd'), machines[winner]);
    assert.equal(await open().addRecord('results/main/ab/cd', { machine: 99 }), false);
  });

  behaves('a record can be replaced, and names of records do not meet', async ({ open }) => {
    await open().addRecord('releases/ab', { a: 1 });
    await open().replaceRecord('releases/ab', { a: 2 });
    await open().addRecord('releases/ab/cd', { b: 1 });

    assert.deepEqual(await readOneRecord(open(), 'releases/ab'), { a: 2 });
    assert.deepEqual(await readOneRecord(open(), 'releases/ab/cd'), { b: 1 });
  });

  behaves('many records are read by one question, in its order, and what is no record is none', async ({ open }) => {
    await open().addRecord('results/main/ab/one', { one: 1 });
    await open().addRecord('releases/two', { two: 2 });

    assert.deepEqual(await open().readRecords(['releases/two', 'results/main/ab/none', 'results/main/ab/one']), [
      { two: 2 },
      null,
      { one: 1 },
    ]);
    assert.deepEqual(await open().readRecords([]), []);
  });

  behaves('a zone writes results of its own and of no other', async ({ open }) => {
    for (const writer of zones)
      for (const other of zones) {
        const name = `results/${other}/ab/${writer}`;
        if (writer === other) {
          assert.equal(await open(writer).addRecord(name, { writer }), true);
          await open(writer).replaceRecord(name, { writer, again: true });
          continue;
        }
        await assert.rejects(open(writer).addRecord(name, { writer }), /TG-STORE-REMOTE-ZONE: Cannot write "results/);
        await assert.rejects(open(writer).replaceRecord(name, { writer }), /TG-STORE-REMOTE-ZONE/);
      }
  });

  behaves('a zone reads what zones at least as trusted have written, and nothing below', async ({ open }) => {
    for (const sort of ['results', 'positions'])
      for (const writer of zones) await open(writer).addRecord(`${sort}/${writer}/ab/cd`, { writer });
    assert.deepEqual(await readOneRecord(open('branch'), 'positions/main/ab/cd'), { writer: 'main' });
    await assert.rejects(readOneRecord(open('main'), 'positions/branch/ab/cd'), /TG-STORE-REMOTE-ZONE/);
    await assert.rejects(open('main').replaceRecord('positions/branch/ab/cd', {}), /TG-STORE-REMOTE-ZONE/);

    for (const [rank, reader] of zones.entries())
      for (const [other, writer] of zones.entries()) {
        const reading = readOneRecord(open(reader), `results/${writer}/ab/cd`);
        if (other >= rank) assert.deepEqual(await reading, { writer });
        else await assert.rejects(reading, /TG-STORE-REMOTE-ZONE: Cannot read "results/);
      }
  });

  behaves('histories and releases are written by main and release, and read by all', async ({ open }) => {
    for (const name of ['deployments/shop/production/1', 'releases/ab']) {
      for (const zone of ['untrusted', 'branch'] as const) {
        await assert.rejects(open(zone).addRecord(name, { zone }), /TG-STORE-REMOTE-ZONE/);
        await assert.rejects(open(zone).replaceRecord(name, { zone }), /TG-STORE-REMOTE-ZONE/);
      }
      assert.equal(await open('release').addRecord(name, { by: 'release' }), true);
      await open('main').replaceRecord(name, { by: 'main' });
      for (const zone of zones) assert.deepEqual(await readOneRecord(open(zone), name), { by: 'main' });
    }
  });

  behaves('results of before there were zones are read as those of a branch, and written by nobody', async ({ open }) => {
    for (const zone of zones) {
      await assert.rejects(open(zone).addRecord('results/ab/cdef', {}), /TG-STORE-REMOTE-ZONE/);
      const reading = readOneRecord(open(zone), 'results/ab/cdef');
      if (zone === 'untrusted' || zone === 'branch') assert.equal(await reading, null);
      else await assert.rejects(reading, /TG-STORE-REMOTE-ZONE/);
    }
  });

  behaves('objects are shared by all zones, for their digest says what they are', async ({ open, folder }) => {
    const digest = await put(open('untrusted'), folder, 'tide');

    assert.deepEqual(await open('release').missing([{ digest, bytes: 4 }]), []);
    assert.equal(await received(open('release'), digest, join(folder, 'out')), 'tide');
  });
}

/** The text of an object, whichever way it came. */
async function received(remote: Remote, digest: Digest, path: string): Promise<string | null> {
  const object = await remote.getObject(digest, path);
  if (object === null) return null;
  return object === 'at-path' ? readFile(path, 'utf8') : Buffer.from(object).toString();
}
