import { createHash } from 'node:crypto';
import type { Row } from '@tidegate/runtime';

/** Whether the row of an entity is in the sample. */
export type KeySample = (row: Row, id: string) => boolean;

const parts = 100_000;

/**
 * Samples by a hash of the entity keys, so that the history of each entity in the sample is whole; rows without keys by the hash of
 * their prediction id. `hash mod 100000 < percent * 1000`.
 * @param percent 0 to 100
 */
export function keySample(keys: readonly string[], percent: number): KeySample {
  if (percent >= 100) return () => true;
  const limit = percent * (parts / 100);
  return (row, id) => hashOf(keys.length === 0 ? id : JSON.stringify(keys.map((key) => row[key] ?? null))) % parts < limit;
}

function hashOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6);
}
