import type { LogicalType } from '@tidegate/formats';
import { keyTypes } from '@tidegate/runtime';

/** A column type of the engine as features use it: what it means, and what it is cast to so that sets and look-ups agree. */
export interface FeatureType {
  readonly type: LogicalType;
  /** The engine's type that columns of sets have. */
  readonly stored: string;
}

/** @returns null for a type that cannot be a feature: lists, structures, intervals, blobs, times of day. */
export function featureType(engineType: string): FeatureType | null {
  if (/^U?(TINY|SMALL|)INT(EGER)?$|^BIGINT$/.test(engineType)) return { type: 'integer', stored: engineType };
  // sums of whole numbers are HUGEINT; Parquet has no such type and a model takes a number anyway
  if (/^(U?HUGEINT|UBIGINT|FLOAT|DOUBLE|DECIMAL.*|BIGNUM)$/.test(engineType))
    return { type: 'number', stored: engineType === 'FLOAT' ? 'FLOAT' : 'DOUBLE' };
  if (/^(VARCHAR|UUID|ENUM.*)$/.test(engineType)) return { type: 'string', stored: 'VARCHAR' };
  if (engineType === 'BOOLEAN') return { type: 'boolean', stored: 'BOOLEAN' };
  if (engineType === 'DATE') return { type: 'date', stored: 'DATE' };
  if (engineType.startsWith('TIMESTAMP')) return { type: 'timestamp', stored: 'TIMESTAMP' };
  return null;
}

/** @returns null for a type whose equality is not exact or not the same in every client: numbers with a fraction, times. */
export function keyType(engineType: string): FeatureType | null {
  if (/^U?(BIGINT|HUGEINT)$/.test(engineType)) return { type: 'integer', stored: 'BIGINT' };
  const found = featureType(engineType);
  return found !== null && keyTypes.includes(found.type) ? found : null;
}

/** Whether the type says when: text is refused, for its time zone and form are anybody's guess. */
export function isTimeType(engineType: string): boolean {
  return engineType === 'DATE' || engineType.startsWith('TIMESTAMP');
}
