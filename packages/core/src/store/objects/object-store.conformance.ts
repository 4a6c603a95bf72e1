import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, mkdtemp, readFile, readlink, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { canonicalJson, digest, type ErrorCode, TidegateError } from '@tidegate/formats';
import fc from 'fast-check';
import { digestOfBytes } from '../../platform/index.ts';
import type { ObjectStore } from './object-store.ts';

/** What an object store must do, whatever it is made of. `open` makes an empty one; the folder is removed after the test. */
export function objectStoreConformance(name: string, open: (folder: string) => ObjectStore): void {
  const behaves = (behaviour: string, body: (place: Place) => Promise<void>): void => {
    test(`${name}: ${behaviour}`, async (t) => body(await makePlace(t, open)));
  };

  behaves('any bytes come back as they were put, under their SHA-256', async ({ store }) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (bytes) => {
        const put = await store.putBytes(bytes);

        assert.deepEqual(put, { digest: digestOfBytes(bytes), bytes: bytes.length });
        assert.deepEqual(new Uint8Array(await store.readBytes(put.digest)), bytes);
        assert.equal(await store.has(put.digest), true);
      }),
      { numRuns: 30 },
    );
  });

  behaves('a value is stored as canonical JSON: the order of its names does not matter', async ({ store }) => {
    const one = await store.putJson({ b: [1, { z: null, y: 'ü' }], a: true });
    const other = await store.putJson({ a: true, b: [1, { y: 'ü', z: null }] });

    assert.equal(one.digest, other.digest);
    assert.equal(Buffer.from(await store.readBytes(one.digest)).toString(), canonicalJson({ a: true, b: [1, { y: 'ü', z: null }] }));
    assert.deepEqual(await store.readJson(one.digest), { a: true, b: [1, { y: 'ü', z: null }] });
  });

  behaves('the same object put by many at once is there once and whole', async ({ store, folder }) => {
    const bytes = Buffer.alloc(300_000, 'tide');
    await writeFile(join(folder, 'file'), bytes);

    const put = await Promise.all(
      Array.from({ length: 16 }, (_, index) => (index % 2 === 0 ? store.putBytes(bytes) : store.putFile(join(folder, 'file')))),
    );

    assert.deepEqual(new Set(put.map((object) => object.digest)), new Set([digestOfBytes(bytes)]));
    assert.deepEqual(Buffer.from(await store.readBytes(digestOfBytes(bytes))), bytes);
  });

  behaves('a stored file is a copy: the source may change or go', async ({ store, folder }) => {
    await writeFile(join(folder, 'source'), 'before');
    const { digest: put } = await store.putFile(join(folder, 'source'));

    await writeFile(join(folder, 'source'), 'after');

    assert.equal(Buffer.from(await store.readBytes(put)).toString(), 'before');
    assert.equal(await readFile(join(folder, 'source'), 'utf8'), 'after');
  });

  behaves(
    'a file that is given away is an object under its digest, whole and read-only, also when its own name goes',
    async ({ store, folder }) => {
      for (const bytes of [Buffer.from('small'), Buffer.alloc(300_000, 'tide')]) {
        const path = join(folder, 'given');
        await writeFile(path, bytes);
        await utimes(path, 1, 1);

        const taken = await store.takeFile(path, digestOfBytes(bytes));
        const again = await store.takeFile(path, digestOfBytes(bytes));
        await rm(path);

        assert.deepEqual([taken, again], Array(2).fill({ digest: digestOfBytes(bytes), bytes: bytes.byteLength }));
        assert.deepEqual(Buffer.from(await store.readBytes(taken.digest)), bytes);
        const { mode, mtimeMs } = await stat(await store.pathOf(taken.digest));
        assert.deepEqual([mode & 0o777, mtimeMs > 1e12], [0o444, true]);
      }
    },
  );

  behaves('a file that no longer has the digest it is known by is refused', async ({ store, folder }) => {
    await writeFile(join(folder, 'source'), 'now');

    await rejects(store.putFile(join(folder, 'source'), digestOfBytes('then')), 'TG-STORE-FILE-CHANGED');

    assert.equal(await store.has(digestOfBytes('then')), false);
  });

  behaves('a folder comes back with its bytes, its odd names and its modes', async ({ store, folder }) => {
    const names = [
      'a b',
      '-rf',
      '$(touch x)',
      'line\nbreak',
      'back\\slash',
      'ä/ö/ü',
      '日本',
      'A',
      'a',
      'e\u0301',
      '\u00e9',
      'x'.repeat(255),
    ];
    const source = join(folder, 'source');
    for (const path of names) {
      await mkdir(join(source, path, '..'), { recursive: true });
      await writeFile(join(source, path), `content of ${path}`);
    }
    await chmod(join(source, 'a'), 0o755);

    const put = await store.putTree(source);
    await store.checkOutTree(put.digest, join(folder, 'copy'));

    assert.deepEqual(
      put.tree.entries.map((entry) => entry.path),
      names.toSorted(),
    );
    assert.equal(
      put.bytes,
      names.reduce((sum, path) => sum + Buffer.byteLength(`content of ${path}`), 0),
    );
    for (const path of names) assert.equal(await readFile(join(folder, 'copy', path), 'utf8'), `content of ${path}`);
    assert.equal((await stat(join(folder, 'copy/a'))).mode & 0o777, 0o755);
    assert.equal((await stat(join(folder, 'copy/A'))).mode & 0o777, 0o644);
  });

  behaves('the digest of a folder depends on content, paths and modes, on nothing else', async ({ store, folder }) => {
    const file = fc.record({ content: fc.string({ maxLength: 5 }), executable: fc.boolean() });
    const files = fc.dictionary(fc.constantFrom('a', 'b/c', 'b/d', 'e'), file, { minKeys: 1 });
    let serial = 0;
    const put = async (all: Files, names: readonly string[]): Promise<string> => {
      const source = join(folder, String(serial++));
      for (const path of names) {
        await mkdir(join(source, path, '..'), { recursive: true });
        await writeFile(join(source, path), all[path]?.content ?? '', { mode: all[path]?.executable ? 0o755 : 0o644 });
      }
      return (await store.putTree(source)).digest;
    };
    await fc.assert(
      fc.asyncProperty(files, files, async (one, other) => {
        const isSame = canonicalJson(one) === canonicalJson(other);

        assert.equal((await put(one, Object.keys(one))) === (await put(other, Object.keys(other).reverse())), isSame);
      }),
      { numRuns: 20 },
    );
  });

  behaves('a link to a file of the folder counts as that file; a link out of it is refused by name', async ({ store, folder }) => {
    await mkdir(join(folder, 'source'));
    await writeFile(join(folder, 'secret'), 'secret');
    await writeFile(join(folder, 'source/file'), 'content');
    await symlink('file', join(folder, 'source/latest'));

    const { tree } = await store.putTree(join(folder, 'source'));
    await symlink('../secret', join(folder, 'source/escape'));

    assert.deepEqual(
      tree.entries.map((entry) => [entry.path, entry.digest]),
      [
        ['file', digestOfBytes('content')],
        ['latest', digestOfBytes('content')],
      ],
    );
    await rejects(store.putTree(join(folder, 'source')), 'TG-STORE-LINK', /source\/escape/);
  });

  behaves(
    'many files are put and checked out at once: small, empty, large, the same twice, and some known already',
    async ({ store, folder }) => {
      const contents = ['', 'small', 'small', 'x'.repeat(16_384), 'y'.repeat(16_385), 'z'.repeat(5_000_000)];
      const files = contents.map((content, index) => ({ path: join(folder, `file ${index}`), content, executable: index === 1 }));
      for (const { path, content } of files) await writeFile(path, content);

      const put = await store.putFiles(
        files.map(({ path, content }, index) => ({ path, ...(index > 2 && { known: digestOfBytes(content) }) })),
      );
      await store.checkOutFiles(
        put.map(({ digest: object }, index) => ({ digest: object, path: join(folder, `copy/${index}`), executable: index === 1 })),
      );

      assert.deepEqual(
        put,
        contents.map((content) => ({ digest: digestOfBytes(content), bytes: content.length })),
      );
      for (const [index, content] of contents.entries()) {
        assert.equal(await readFile(join(folder, `copy/${index}`), 'utf8'), content);
        assert.equal((await stat(join(folder, `copy/${index}`))).mode & 0o777, index === 1 ? 0o755 : 0o644);
      }
      await rejects(store.putFiles([{ path: join(folder, 'file 1'), known: digestOfBytes('then') }]), 'TG-STORE-FILE-CHANGED');
      await rejects(
        store.checkOutFiles([{ digest: digest(`sha256:${'0'.repeat(64)}`), path: join(folder, 'copy/none') }]),
        'TG-STORE-OBJECT-MISSING',
      );
    },
  );

  behaves('a folder is put by the names of files that are there, and its links stay links', async ({ store, folder }) => {
    const file = await store.putBytes('content');

    const { digest: tree, bytes } = await store.putEntries([
      { path: 'z/today', ...file, link: '../a' },
      { path: 'a', ...file },
    ]);
    await store.checkOutTree(tree, join(folder, 'copy'));
    await store.checkOutTree(tree, join(folder, 'copy'));

    assert.equal(bytes, 14);
    assert.deepEqual(
      (await store.readTree(tree)).entries.map(({ path, link }) => [path, link]),
      [
        ['a', undefined],
        ['z/today', '../a'],
      ],
    );
    assert.equal(await readlink(join(folder, 'copy/z/today')), '../a');
    assert.equal(await readFile(join(folder, 'copy/z/today'), 'utf8'), 'content');
  });

  behaves('a file name that is not UTF-8 is refused by name', async ({ store, folder }) => {
    await mkdir(join(folder, 'source'));
    await writeFile(Buffer.concat([Buffer.from(join(folder, 'source/caf')), Buffer.from([0xe9])]), '');

    await rejects(store.putTree(join(folder, 'source')), 'TG-STORE-NAME', /caf/);
  });

  behaves('a tree whose paths lead elsewhere is refused, and nothing is written', async ({ store, folder }) => {
    const file = await store.putBytes('evil');
    for (const path of ['../evil', '/evil', 'a/../../evil', 'a//evil', './evil', '', 'evil\0', '..']) {
      const tree = { format: 'tidegate.tree/1', entries: [{ path, ...file }] };
      await rejects(store.checkOutTree((await store.putJson(tree)).digest, join(folder, 'into/deep')), 'TG-STORE-TREE');
    }

    for (const path of ['evil', 'into/evil', 'into/deep/evil']) await assert.rejects(lstat(join(folder, path)));
  });

  behaves('a value that is no tree is refused as one', async ({ store }) => {
    const file = { digest: digestOfBytes('x'), bytes: 1 };
    const values = [
      null,
      [],
      { format: 'tidegate.tree/3', entries: [] },
      { format: 'tidegate.tree/1', entries: {} },
      { format: 'tidegate.tree/1', entries: [null] },
      { format: 'tidegate.tree/1', entries: [{ ...file, path: 'a', digest: 'sha256:00' }] },
      { format: 'tidegate.tree/1', entries: [{ ...file, path: 'a', bytes: -1 }] },
      { format: 'tidegate.tree/1', entries: [{ ...file, path: 'a', executable: 'yes' }] },
      {
        format: 'tidegate.tree/1',
        entries: [
          { ...file, path: 'b' },
          { ...file, path: 'a' },
        ],
      },
      {
        format: 'tidegate.tree/1',
        entries: [
          { ...file, path: 'a' },
          { ...file, path: 'a' },
        ],
      },
    ];

    for (const value of values) await rejects(store.readTree((await store.putJson(value)).digest), 'TG-STORE-TREE');
  });

  behaves('what is checked out is private: changing it does not change the object', async ({ store, folder }) => {
    const { digest: put } = await store.putBytes('object');

    await store.checkOut(put, join(folder, 'deep/copy'));
    await writeFile(join(folder, 'deep/copy'), 'changed');

    assert.equal(Buffer.from(await store.readBytes(put)).toString(), 'object');
  });

  behaves('what is checked out to be shared can only be read', async ({ store, folder }) => {
    await mkdir(join(folder, 'source'));
    await writeFile(join(folder, 'source/small'), 'object');
    await writeFile(join(folder, 'source/large'), Buffer.alloc(100_000, 'tide'));
    await writeFile(join(folder, 'source/tool'), Buffer.alloc(100_000, 'tool'), { mode: 0o755 });
    const put = await store.putTree(join(folder, 'source'));

    await store.checkOutTree(put.digest, join(folder, 'copy'), { as: 'shared' });
    await store.checkOutTree(put.digest, join(folder, 'copy'), { as: 'shared' });

    for (const [name, mode] of Object.entries({ small: 0o444, large: 0o444, tool: 0o555 })) {
      assert.equal((await stat(join(folder, 'copy', name))).mode & 0o777, mode, name);
      assert.deepEqual(await readFile(join(folder, 'copy', name)), await readFile(join(folder, 'source', name)), name);
    }
    await rm(join(folder, 'copy'), { recursive: true });
    assert.deepEqual(await store.missing(put.tree.entries), []);
  });

  behaves(
    'what is checked out to a sealed place has the usual modes, but for large files, which may be read-only',
    async ({ store, folder }) => {
      const large = Buffer.alloc(1 << 20, 'tide');
      await mkdir(join(folder, 'source'));
      await writeFile(join(folder, 'source/small'), 'object');
      await writeFile(join(folder, 'source/large'), large);
      await writeFile(join(folder, 'source/tool'), large, { mode: 0o755 });
      const put = await store.putTree(join(folder, 'source'));

      await store.checkOutTree(put.digest, join(folder, 'copy'), { as: 'sealed' });
      await store.checkOutTree(put.digest, join(folder, 'copy'), { as: 'sealed' });

      const modeOf = async (name: string): Promise<number> => (await stat(join(folder, 'copy', name))).mode & 0o777;
      assert.deepEqual([await modeOf('small'), await modeOf('tool')], [0o644, 0o755]);
      assert.ok([0o644, 0o444].includes(await modeOf('large')));
      for (const name of ['small', 'large', 'tool'])
        assert.deepEqual(await readFile(join(folder, 'copy', name)), await readFile(join(folder, 'source', name)), name);
    },
  );

  behaves('an object that is not there is missing to every reader', async ({ store, folder }) => {
    const absent = digest(`sha256:${'0'.repeat(64)}`);
    const there = await store.putBytes('there');

    assert.equal(await store.has(absent), false);
    assert.deepEqual(await store.missing([there, { digest: absent, bytes: null }, { digest: absent, bytes: 3 }]), [absent, absent]);
    assert.deepEqual(await store.renew([there.digest, absent]), [absent]);
    for (const read of [store.readBytes(absent), store.readJson(absent), store.readTree(absent), store.pathOf(absent)])
      await rejects(read, 'TG-STORE-OBJECT-MISSING');
    await rejects(store.checkOut(absent, join(folder, 'copy')), 'TG-STORE-OBJECT-MISSING');
  });
}

type Files = { readonly [path: string]: { readonly content: string; readonly executable: boolean } };

interface Place {
  readonly store: ObjectStore;
  readonly folder: string;
}

async function makePlace(t: TestContext, open: (folder: string) => ObjectStore): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-objects-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return { folder, store: open(join(folder, 'objects')) };
}

async function rejects(work: Promise<unknown>, code: ErrorCode, message = /./): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof TidegateError, String(error));
    assert.equal(error.diagnostics[0].code, code);
    assert.match(error.message, message);
    return true;
  });
}
