import type { FeatureColumn } from '@tidegate/formats';
import { type AssociatedColumn, associationOf, type Cell } from '@tidegate/runtime';

/** Inputs that go together at least so closely are shuffled as one as well. */
const closely = 0.7;

export interface TogetherInputs {
  readonly inputs: readonly string[];
  /** Of the two that go together most. */
  readonly association: number;
}

/** Groups of inputs of which each goes together closely with another one of its group. */
export function inputsTogether(
  inputs: readonly FeatureColumn[],
  cells: { readonly [input: string]: readonly Cell[] },
): readonly TogetherInputs[] {
  const columns = inputs.flatMap((input) => {
    const column = columnOf(input, cells[input.name] ?? []);
    return column === null ? [] : [{ name: input.name, column }];
  });
  const groupOf = new Map(columns.map(({ name }) => [name, new Set([name])]));
  const strongest = new Map<ReadonlySet<string>, number>();
  columns.forEach(({ name, column }, place) => {
    for (const other of columns.slice(place + 1)) {
      const association = associationOf(column, other.column) ?? 0;
      if (association < closely) continue;
      const [one, two] = [groupOf.get(name) ?? new Set([name]), groupOf.get(other.name) ?? new Set([other.name])];
      const merged = new Set([...one, ...two]);
      strongest.set(merged, Math.max(association, strongest.get(one) ?? 0, strongest.get(two) ?? 0));
      for (const member of merged) groupOf.set(member, merged);
    }
  });
  const order = new Map(inputs.map(({ name }, place) => [name, place]));
  return [...new Set(groupOf.values())]
    .filter((group) => group.size > 1)
    .map((group) => ({
      inputs: [...group].toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0)),
      association: strongest.get(group) ?? closely,
    }));
}

/** Null for what neither number nor word is, and for texts that hardly repeat: every one of them would tell any other column. */
function columnOf({ type }: FeatureColumn, cells: readonly Cell[]): AssociatedColumn | null {
  if (type === 'number' || type === 'integer' || type === 'boolean')
    return {
      kind: 'numbers',
      values: Float64Array.from(cells, (cell) => (typeof cell === 'number' && Number.isFinite(cell) ? cell : Number.NaN)),
    };
  if (type !== 'string') return null;
  const values = cells.map((cell) => (cell === null ? null : String(cell)));
  return new Set(values).size * 5 > values.length ? null : { kind: 'texts', values };
}
