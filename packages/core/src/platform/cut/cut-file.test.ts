import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { digestOfBytes } from '../hash.ts';
import { type CutOptions, cutFile } from './cut-file.ts';
import { cutSegmentHere, type Piece } from './cut-segment.ts';

async function piecesOf(t: TestContext, content: Uint8Array, options?: CutOptions): Promise<readonly Piece[]> {
  return gathered(cutFile(fileOf(t, content), options));
}

async function gathered<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function fileOf(t: TestContext, content: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-cut-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'file'), content);
  return join(folder, 'file');
}

function endsOf(pieces: readonly Piece[]): readonly number[] {
  return pieces.map(({ offset, bytes }) => offset + bytes);
}

/** Numbers of SplitMix64 (https://prng.di.unimi.it/splitmix64.c), little-endian. */
function splitMix64(bytes: number, seed: bigint): Uint8Array {
  const words = new BigUint64Array(bytes / 8);
  let state = seed;
  words.forEach((_, index) => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let word = state;
    word = BigInt.asUintN(64, (word ^ (word >> 30n)) * 0xbf58476d1ce4e5b9n);
    word = BigInt.asUintN(64, (word ^ (word >> 27n)) * 0x94d049bb133111ebn);
    words[index] = word ^ (word >> 31n);
  });
  return new Uint8Array(words.buffer);
}

function repeated(pattern: Uint8Array, bytes: number): Uint8Array {
  return Buffer.alloc(bytes, pattern);
}

test('random data is cut where xet-core cuts it', async (t) => {
  const data = splitMix64(1_000_000, 0n);
  assert.deepEqual([data[0], data[127], data[111_111]], [175, 132, 118]);

  const pieces = await piecesOf(t, data);

  assert.deepEqual(
    endsOf(pieces),
    [
      84493, 134421, 144853, 243318, 271793, 336457, 467529, 494581, 582000, 596735, 616815, 653164, 678202, 724510, 815591, 827760, 958832,
      991092, 1000000,
    ],
  );
  assert.deepEqual(
    pieces.map(({ digest }) => digest),
    pieces.map(({ offset, bytes }) => digestOfBytes(data.subarray(offset, offset + bytes))),
  );
});

test('data that says nowhere where to cut is cut at the greatest length, as xet-core does', async (t) => {
  const pieces = await piecesOf(t, Buffer.alloc(1_000_000, 59));

  assert.deepEqual(endsOf(pieces), [131072, 262144, 393216, 524288, 655360, 786432, 917504, 1000000]);
});

test('data that says everywhere where to cut is cut where xet-core cuts it', (t) => {
  const lines = readFileSync(join(import.meta.dirname, 'fixtures/xet-hitting-data.txt'), 'utf8').split('\n');
  const [pattern = [], ...cases] = lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(' ').map(Number));
  assert.equal(cases.length, 128);

  for (const [zeros, [sample, ...ends]] of cases.entries()) {
    const data = repeated(Uint8Array.from([...pattern, ...Array.from({ length: zeros }, () => 0)]), 65_536);
    assert.equal(data[11_111], sample);

    const pieces = cutSegmentHere({ path: fileOf(t, data), from: 0, until: data.length });

    assert.deepEqual(endsOf(pieces), ends, `${zeros} zeros`);
  }
});

test('an empty file has no piece, and a short one is one', async (t) => {
  assert.deepEqual(await piecesOf(t, Buffer.alloc(0)), []);
  assert.deepEqual(await piecesOf(t, Buffer.from('tide')), [{ digest: digestOfBytes('tide'), offset: 0, bytes: 4 }]);
});
