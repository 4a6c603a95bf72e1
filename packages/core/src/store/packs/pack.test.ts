import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { cutFile, digestOfBytes } from '../../platform/index.ts';
import type { PackEntry } from './pack-format.ts';
import { readPackIndex, readPiece } from './read-pack.ts';
import { type PieceToPack, writePack } from './write-pack.ts';

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-packs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

function pieceOf(bytes: Uint8Array): PieceToPack {
  return { digest: digestOfBytes(bytes), bytes };
}

function storedAt(path: string, { offset, stored }: PackEntry): Uint8Array {
  const handle = openSync(path, 'r');
  const bytes = Buffer.alloc(stored);
  readSync(handle, bytes, 0, stored, offset);
  closeSync(handle);
  return bytes;
}

test('any pieces come back from any place of a pack, and the pack itself tells where they are', async (t) => {
  const folder = folderFor(t);
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ maxLength: 20 }).map((text) => Buffer.from(text.repeat(2_000))),
    fc.nat(200_000).map((length) => randomBytes(length)),
  );
  let count = 0;

  await fc.assert(
    fc.asyncProperty(fc.array(content, { minLength: 1, maxLength: 12 }), fc.infiniteStream(fc.nat(11)), async (contents, access) => {
      const path = join(folder, `${(count += 1)}.pack`);
      const pack = await writePack(path, contents.map(pieceOf));

      assert.deepEqual(await readPackIndex(path), pack.entries);
      assert.equal(digestOfBytes(readFileSync(path)), pack.digest);
      for (const index of Array.from({ length: 20 }, () => access.next().value)) {
        const wanted = contents[index];
        const entry = wanted && pack.entries.find(({ digest }) => digest === digestOfBytes(wanted));
        if (entry !== undefined) assert.deepEqual(Buffer.from(readPiece(storedAt(path, entry), entry)), Buffer.from(wanted ?? []));
      }
    }),
    { numRuns: 10 },
  );
});

test('a file cut into pieces comes back from packs byte for byte, and one that is alike adds little', async (t) => {
  const folder = folderFor(t);
  const first = randomBytes(2 << 20);
  const second = Buffer.concat([first.subarray(0, 1 << 20), Buffer.from('tide'), first.subarray(1 << 20)]);
  const known = new Set<string>();
  const pack = async (name: string, content: Buffer) => {
    writeFileSync(join(folder, name), content);
    async function* newPieces(): AsyncGenerator<PieceToPack> {
      for await (const { digest, offset, bytes } of cutFile(join(folder, name)))
        if (!known.has(digest)) yield { digest, bytes: content.subarray(offset, offset + bytes) };
    }
    const written = await writePack(join(folder, `${name}.pack`), newPieces());
    for (const { digest } of written.entries) known.add(digest);
    return written;
  };

  const whole = await pack('first', first);
  const added = await pack('second', second);

  const back = whole.entries.map((entry) => readPiece(storedAt(join(folder, 'first.pack'), entry), entry));
  assert.ok(Buffer.concat(back).equals(first));
  assert.ok(added.bytes < 300_000, `${added.bytes} bytes`);
});

test('what saves nothing is stored as it is, and what repeats itself in few bytes', async (t) => {
  const pieces = [pieceOf(randomBytes(65_536)), pieceOf(Buffer.alloc(65_536, 'tide,'))];

  const { entries, bytes } = await writePack(join(folderFor(t), 'pack'), [...pieces, ...pieces]);

  assert.deepEqual(
    entries.map(({ codec, bytes: length }) => [codec, length]),
    [
      ['raw', 65_536],
      ['zstd', 65_536],
    ],
  );
  assert.ok(bytes < 66_500);
});

test('a pack that was cut short, changed or replaced is refused', async (t) => {
  const folder = folderFor(t);
  const path = join(folder, 'pack');
  const { bytes } = await writePack(path, [pieceOf(randomBytes(5_000)), pieceOf(Buffer.from('tide'))]);
  const whole = readFileSync(path);
  const changedAt = (offset: number): Buffer => Buffer.from(whole.map((byte, index) => (index === bytes + offset ? byte ^ 1 : byte)));
  const damaged: readonly [Buffer, RegExp][] = [
    [whole.subarray(0, -1), /TG-STORE-PACK: Cannot read the pack ".*": it is cut short/],
    [whole.subarray(0, 20), /cut short/],
    [Buffer.alloc(0), /it is no pack/],
    [Buffer.from('PK tide'), /it is no pack/],
    [changedAt(-60), /its index is damaged/],
    [changedAt(-16), /its index has another length than it says/],
    [Buffer.concat([whole.subarray(0, 100), whole.subarray(101)]), /its pieces have another length/],
  ];

  for (const [content, found] of damaged) {
    rmSync(path);
    writeFileSync(path, content);
    await assert.rejects(readPackIndex(path), found);
  }
});

test('a piece with other bytes than its digest says is refused, and so is one that unfolds to more than it should', async (t) => {
  const path = join(folderFor(t), 'pack');
  const { entries } = await writePack(path, [pieceOf(randomBytes(5_000)), pieceOf(Buffer.alloc(1 << 20))]);
  const [raw, zeros] = entries;
  assert.ok(raw !== undefined && zeros !== undefined);

  const changed = storedAt(path, raw);
  changed[17] = (changed[17] ?? 0) ^ 1;

  assert.throws(() => readPiece(changed, raw), /TG-STORE-OBJECT-CORRUPT/);
  assert.throws(() => readPiece(storedAt(path, zeros), { ...zeros, bytes: 100 }), /TG-STORE-OBJECT-CORRUPT/);
  assert.throws(() => readPiece(randomBytes(40), zeros), /TG-STORE-OBJECT-CORRUPT/);
});

test('writing stops when it is called off and leaves the file for whoever named it to remove', async (t) => {
  const folder = folderFor(t);
  const off = new AbortController();
  function* pieces(): Generator<PieceToPack> {
    for (let index = 0; index < 12; index += 1) {
      if (index === 9) off.abort(new Error('enough'));
      yield pieceOf(randomBytes(1 << 20));
    }
  }

  await assert.rejects(writePack(join(folder, 'pack'), pieces(), { signal: off.signal }), /enough/);
  await assert.rejects(writePack(join(folder, 'none/pack'), [pieceOf(Buffer.from('a'))]), { code: 'ENOENT' });
});
