import { randomBytes } from 'node:crypto';

/** Randomness, passed in so that tests can steer it. */
export interface Random {
  /** `bytes` random bytes as lower-case hexadecimal. */
  readonly hex: (bytes: number) => string;
}

export const systemRandom: Random = { hex: (bytes) => randomBytes(bytes).toString('hex') };
