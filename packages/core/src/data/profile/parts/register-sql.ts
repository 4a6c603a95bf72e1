import { lastRank, packRegisters, registerCount } from '@tidegate/runtime';

/** SQL: the hash of a value (UBIGINT), whose lowest bits choose a register, as a whole number with a bit set at the place of the last rank. */
export function hashForRanks(hash: string): string {
  return `(((${hash} >> 1) | ${2n ** BigInt(bitsOfRegister + lastRank - 1)})::BIGINT)`;
}

const bitsOfRegister = Math.log2(registerCount);

/**
 * SQL aggregate over what {@link hashForRanks} gives: a bit for each pair of register and rank that occurred, 2048 times 32 of them. A set of bits costs the engine one step a
 * row, where the greatest rank of each register would take a group for every one of them.
 */
export function seenRanks(hash: string): string {
  const rest = `(${hash} >> ${bitsOfRegister})`;
  const place = `((${hash} & ${registerCount - 1}) * ${lastRank} + bit_count(xor(${rest}, ${rest} - 1)) - 1)::INT`;
  return `CAST(bitstring_agg(${place}, 0, ${registerCount * lastRank - 1}) AS BLOB)`;
}

export interface SeenRanks {
  readonly registers: string;
  /** Pairs that occurred: at most as many as there are different values. */
  readonly pairs: number;
}

/** @param hex what {@link seenRanks} gave, as hexadecimal text; null when there was no value */
export function readRanks(hex: string | null): SeenRanks {
  const registers = new Uint8Array(registerCount);
  let pairs = 0;
  if (hex !== null) {
    const bytes = Buffer.from(hex, 'hex');
    for (let at = 0; at < registerCount; at++) {
      const word = bytes.readUInt32BE(at * 4); // the first bit is that of rank 1
      if (word === 0) continue;
      registers[at] = Math.clz32(word & -word) + 1;
      pairs += bitsOf(word);
    }
  }
  return { registers: packRegisters(registers), pairs };
}

function bitsOf(word: number): number {
  let count = 0;
  for (let rest = word >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count += 1;
  return count;
}
