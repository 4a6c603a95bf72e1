import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestOfBytes } from '../../platform/index.ts';
import { longestPack } from './pack-format.ts';
import { readPiece } from './read-pack.ts';
import { type PieceToPack, writePack, writePacks } from './write-pack.ts';

test('more than fits into one pack goes into as many as it takes, none longer than 64 MiB', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-packs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const pieces = Array.from({ length: 33 }, () => pieceOf(2 << 20));
  let count = 0;
  const packs: { readonly bytes: number; readonly entries: number }[] = [];

  for await (const { bytes, entries } of writePacks(() => join(folder, `${(count += 1)}`), pieces))
    packs.push({ bytes, entries: entries.length });

  assert.deepEqual(
    packs.map(({ entries }) => entries),
    [31, 2],
  );
  assert.ok(packs.every(({ bytes }) => bytes <= longestPack));
  assert.deepEqual(readdirSync(folder).length, 2);
});

test('short pieces that many threads squeeze come back, and texts among random bytes are squeezed all the same', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-packs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const random = Array.from({ length: 1_500 }, () => pieceOf(6_000));
  const texts = Array.from({ length: 150 }, (_, index) => pieceWith(Buffer.from(`line ${index} of some text\n`.repeat(240))));
  const mixed = [...random.slice(0, 750), ...random.slice(750).flatMap((piece, index) => [piece, ...texts.slice(index, index + 1)])];

  const path = join(folder, 'pack');
  const { entries } = await writePack(path, mixed);

  const content = readFileSync(path);
  const wanted = new Map(mixed.map(({ digest, bytes }) => [digest, bytes]));
  for (const entry of entries)
    assert.deepEqual(
      Buffer.from(readPiece(content.subarray(entry.offset, entry.offset + entry.stored), entry)),
      Buffer.from(wanted.get(entry.digest) ?? []),
    );
  assert.equal(entries.length, mixed.length);
  assert.equal(entries.filter(({ codec }) => codec === 'zstd').length, texts.length);
});

function pieceOf(length: number): PieceToPack {
  return pieceWith(randomBytes(length));
}

function pieceWith(bytes: Uint8Array): PieceToPack {
  return { digest: digestOfBytes(bytes), bytes };
}
