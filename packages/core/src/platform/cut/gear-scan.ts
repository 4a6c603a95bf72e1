import { gearTable } from './gear-table.ts';

/** A memory that is searched for places where the gear hash of the bytes before has its upper 16 bits all zero. */
export interface GearScan {
  /** What is searched; whoever uses it reads into it, so that nothing is copied. */
  readonly input: Uint8Array;
  /**
   * Hashes the bytes from one position of `input` to another, beginning with nothing.
   *
   * @param first matches whose end is before this position do not count
   * @returns the end of the first match that counts, or `to` when there is none
   */
  readonly nextMatch: (from: number, to: number, first: number) => number;
}

interface Memory {
  readonly buffer: ArrayBuffer;
}

/** What is used of https://webassembly.github.io/spec/js-api/, which the types of Node leave out. */
declare const WebAssembly: {
  readonly Memory: new (limits: { readonly initial: number; readonly maximum: number }) => Memory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: { readonly gear: { readonly memory: Memory } }) => { readonly exports: unknown };
};

/** The table of the hash is at the beginning of the memory, what is searched behind it. */
const inputOffset = 8 * 256;
const pageBytes = 1 << 16;

/** WebAssembly, because JavaScript has no fast numbers of 64 bits: six times as fast as two halves of 32. */
export function openGearScan(inputBytes: number): GearScan {
  const pages = Math.ceil((inputOffset + inputBytes) / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  new BigUint64Array(memory.buffer, 0, gearTable.length).set(gearTable);
  const { nextMatch } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()), { gear: { memory } }).exports as {
    readonly nextMatch: (from: number, to: number, first: number) => number;
  };
  return {
    input: new Uint8Array(memory.buffer, inputOffset, inputBytes),
    nextMatch: (from, to, first) => nextMatch(from + inputOffset, to + inputOffset, first + inputOffset) - inputOffset,
  };
}

/** A module in the binary format of https://webassembly.github.io/spec/core/binary/: sections of a number, a length and their content. */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  const typeOfFunction = [0x60, 3, i32, i32, i32, 1, i32];
  const memoryImport = [...name('gear'), ...name('memory'), 0x02, 0x00, 0];
  const code = [1, 1, i64, ...body, 0x0b];
  return Uint8Array.from([
    ...header,
    ...section(1, [1, ...typeOfFunction]),
    ...section(2, [1, ...memoryImport]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name('nextMatch'), 0x00, 0]),
    ...section(10, [1, code.length, ...code]),
  ]);
}

const header: readonly number[] = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const i32 = 0x7f;
const i64 = 0x7e;
const untyped = 0x40;
const get = (local: number): readonly number[] => [0x20, local];
const set = (local: number): readonly number[] => [0x21, local];

/** Locals: 0 the position, 1 where to end, 2 the first end that counts, 3 the hash. */
const body: readonly number[] = [
  [0x02, untyped], // block: left when the end is reached
  [0x03, untyped], // loop
  [...get(0), ...get(1), 0x4f, 0x0d, 1], // position >= end (unsigned): leave
  [...get(3), 0x42, 1, 0x86], // hash << 1
  [...get(0), 0x2d, 0, 0, 0x41, 3, 0x74, 0x29, 3, 0], // the word at 8 × the byte at the position
  [0x7c, ...set(3)], // their sum is the new hash
  [...get(0), 0x41, 1, 0x6a, ...set(0)], // position + 1
  [...get(3), 0x42, 48, 0x88, 0x50, 0x45, 0x0d, 0], // unless hash >> 48 is zero: loop
  [...get(0), ...get(2), 0x49, 0x0d, 0], // position < first: loop
  [0x0b, 0x0b],
  get(0),
].flat();

function section(number: number, content: readonly number[]): readonly number[] {
  return [number, content.length, ...content];
}

function name(text: string): readonly number[] {
  return [text.length, ...Buffer.from(text)];
}
