/** A source of random numbers that a seed fixes for ever, so that an interval can be computed again. Not for secrets. */
export interface SeededRandom {
  /** A whole number from 0 to 2^32 - 1. */
  readonly next: () => number;
  /** A whole number from 0 to `bound` - 1, `bound` at most 2^32; the bias is below bound / 2^32. */
  readonly below: (bound: number) => number;
  /** A number from 0 (included) to 1 (excluded), 53 bits. */
  readonly unit: () => number;
}

/**
 * xoshiro128** 1.1 (Blackman and Vigna, public domain), its state filled from the seed by SplitMix32.
 *
 * @param seed a whole number; its low 32 bits count
 */
export function seededRandom(seed: number): SeededRandom {
  const fill = splitMix32(seed);
  let a = fill();
  let b = fill();
  let c = fill();
  let d = fill();
  const next = (): number => {
    const mixed = Math.imul(b, 5);
    const result = Math.imul((mixed << 7) | (mixed >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
  return {
    next,
    below: (bound) => Math.floor((next() / 4294967296) * bound),
    unit: () => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992,
  };
}

function splitMix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
}
