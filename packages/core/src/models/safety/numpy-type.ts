import type { PickleValue } from './pickle-machine.ts';

/**
 * Whether the state of a `numpy.dtype` hides objects: it says with its flags whether items are references, NumPy believes it, and bytes of the file
 * would be taken for addresses (numpy/_core/src/multiarray/descriptor.c, `arraydescr_setstate`: fields and base of a subarray may be of objects with flags of 0).
 */
export function hidesObjects(made: PickleValue): boolean {
  if (!isType(made) || made.state === null) return false;
  const flags = stateItem(made, 7);
  const isKnown = flags?.kind === 'constant' && typeof flags.value === 'number';
  return holdsObjects(made) !== false && !(isKnown && (Number(flags.value) & 1) === 1);
}

type Made = Extract<PickleValue, { readonly kind: 'made' }>;

function isType(value: PickleValue): value is Made {
  return value.kind === 'made' && value.by.kind === 'name' && value.by.module === 'numpy' && value.by.name === 'dtype';
}

function stateItem({ state }: Made, index: number): PickleValue | undefined {
  return state?.kind === 'sequence' ? state.items[index] : undefined;
}

/** By its letter, and by what it is put together from; null where that cannot be told. */
function holdsObjects(value: PickleValue): boolean | null {
  if (!isType(value) || value.from.kind !== 'sequence') return null;
  const [code] = value.from.items;
  if (code?.kind !== 'constant' || typeof code.value !== 'string') return null;
  if (/^[<>=|]?O/.test(code.value)) return true;
  if (value.state === null) return false;
  const parts = [...basesIn(stateItem(value, 2)), ...fieldsIn(stateItem(value, 4))].map((part) =>
    part === null ? null : holdsObjects(part),
  );
  return parts.includes(true) ? true : parts.includes(null) ? null : false;
}

const isNone = (value: PickleValue | undefined): boolean => value?.kind === 'constant' && value.value === null;

/** `(base, shape)` of a subarray. */
function basesIn(subarray: PickleValue | undefined): readonly (PickleValue | null)[] {
  if (isNone(subarray)) return [];
  return [subarray?.kind === 'sequence' ? (subarray.items[0] ?? null) : null];
}

/** `{name: (type, offset)}` */
function fieldsIn(fields: PickleValue | undefined): readonly (PickleValue | null)[] {
  if (isNone(fields)) return [];
  if (fields?.kind !== 'dict' || !fields.isWhole) return [null];
  return [...fields.entries.values()].map((field) => (field.kind === 'sequence' ? (field.items[0] ?? null) : null));
}
