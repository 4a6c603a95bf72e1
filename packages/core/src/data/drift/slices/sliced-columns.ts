import { binAmong, frequentValues } from '../together/pooled-features.ts';
import type { SampledRows } from '../together/sampled-rows.ts';

/** A column of two samples in bins that the reference decides; rows of the reference first. */
export interface SlicedColumn {
  readonly name: string;
  readonly kind: 'ordered' | 'categories';
  readonly bins: Uint8Array;
  /** What each bin holds, in words; the last one is of rows without a value. */
  readonly names: readonly string[];
}

const mostClasses = 12;
const leastShare = 0.02;

/** @param spans bins of numbers */
export function slicedColumns(reference: SampledRows, current: SampledRows, spans: number): readonly SlicedColumn[] {
  const numbers = [...reference.numbers].map(([name, own]) =>
    orderedColumn(name, [own, current.numbers.get(name) ?? new Float64Array()], spans),
  );
  const texts = [...reference.texts].map(([name, own]) => classColumn(name, [own, current.texts.get(name) ?? []]));
  return [...numbers, ...texts].filter(({ names }) => names.length > 2);
}

function orderedColumn(name: string, [reference, current]: readonly [Float64Array, Float64Array], spans: number): SlicedColumn {
  const sorted = reference.filter((value) => !Number.isNaN(value)).sort();
  const cuts = Array.from({ length: spans - 1 }, (_, index) => sorted[Math.floor(((index + 1) * sorted.length) / spans)] ?? 0);
  const edges = [...new Set(cuts)].filter((edge) => edge < (sorted.at(-1) ?? 0));
  const missing = edges.length + 1;
  const bin = (value: number): number => (Number.isNaN(value) ? missing : binAmong(edges, value));
  return { name, kind: 'ordered', bins: Uint8Array.from([...reference, ...current], bin), names: [...spanNames(edges), 'missing'] };
}

function spanNames(edges: readonly number[]): readonly string[] {
  const [first, last] = [edges[0], edges.at(-1)];
  if (first === undefined || last === undefined) return ['any'];
  const between = edges.slice(1).map((edge, index) => `above ${figure(edges[index] ?? 0)}, at most ${figure(edge)}`);
  return [`at most ${figure(first)}`, ...between, `above ${figure(last)}`];
}

function classColumn(name: string, [reference, current]: readonly [readonly (string | null)[], readonly (string | null)[]]): SlicedColumn {
  const counts = new Map<string, number>();
  for (const value of reference) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const frequent = frequentValues(reference, mostClasses).filter((value) => (counts.get(value) ?? 0) >= leastShare * reference.length);
  const places = new Map(frequent.map((value, index) => [value, index]));
  const bin = (value: string | null): number => (value === null ? frequent.length + 1 : (places.get(value) ?? frequent.length));
  return {
    name,
    kind: 'categories',
    bins: Uint8Array.from([...reference, ...current], bin),
    names: [...frequent, 'other values', 'missing'],
  };
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
