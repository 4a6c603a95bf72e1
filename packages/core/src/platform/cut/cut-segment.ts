import { hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { type Digest, digestOfHex } from '@tidegate/formats';
import { type GearScan, openGearScan } from './gear-scan.ts';

/** A part of a file between two cuts. */
export interface Piece {
  readonly digest: Digest;
  readonly offset: number;
  readonly bytes: number;
}

/** What of a file is to be cut. */
export interface Segment {
  readonly path: string;
  /** Where the first piece begins. */
  readonly from: number;
  /** The last piece is the one that reaches this offset, or the end of the file. */
  readonly until: number;
}

/** Lengths of pieces; the last one of a file may be shorter. The upper 16 bits of the hash are zero after 64 KiB on average. */
export const shortestPiece = 8 << 10;
export const longestPiece = 128 << 10;

/** The bytes that a hash of 64 bits, shifted by one for each, knows of. */
const windowBytes = 64;
/** Room for what is read at once, behind a rest that is shorter than a piece. */
const readBytes = 1 << 20;

let opened: GearScan | null = null;

/**
 * Cuts a part of a file where its content says so, while the thread waits, by the rule of xet-core (huggingface/xet-core at af1a3ff9,
 * `xet_data/src/deduplication/chunking.rs`). A cut depends on nothing but where the piece begins and the bytes behind. Memory is bounded.
 */
export function cutSegmentHere({ path, from, until }: Segment): readonly Piece[] {
  const scan = (opened ??= openGearScan(readBytes + longestPiece));
  const pieces: Piece[] = [];
  const handle = openSync(path, 'r');
  try {
    let begin = 0; // of the next piece, within the input
    let end = 0; // of what was read
    let isAll = false;
    for (let offset = from; offset < until;) {
      while (!isAll && end - begin < longestPiece) {
        scan.input.copyWithin(0, begin, end);
        [begin, end] = [0, end - begin];
        const read = readSync(handle, scan.input, end, Math.min(readBytes, scan.input.length - end), offset + end);
        isAll = read === 0;
        end += read;
      }
      if (begin === end) break;
      const bytes = lengthOfNext(scan, begin, end);
      pieces.push({ digest: digestOfHex(hash('sha256', scan.input.subarray(begin, begin + bytes), 'hex')), offset, bytes });
      begin += bytes;
      offset += bytes;
    }
  } finally {
    closeSync(handle);
  }
  return pieces;
}

function lengthOfNext(scan: GearScan, begin: number, end: number): number {
  const from = begin + shortestPiece - windowBytes - 1; // bytes before do not count
  const to = Math.min(begin + longestPiece, end);
  return (from < to ? scan.nextMatch(from, to, begin + shortestPiece) : to) - begin;
}
