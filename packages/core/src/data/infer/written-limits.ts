import type { Json, shape } from '@tidegate/formats';
import type { DataContract } from '../contract/data-contract.ts';
import { inferredProperty, placeOf, ruleMark } from './contract-text.ts';
import type { ColumnLimitName } from './inferred-contract.ts';

/** A limit as a document has it. */
export interface WrittenLimit {
  /** Undefined: the document does not have it. */
  readonly value: Json | undefined;
  readonly path: shape.Path;
  /** Whether inference wrote just this: else it is a person's. */
  readonly isOwn: boolean;
  /** Whether inference once wrote one of this name. */
  readonly wasWritten: boolean;
}

/** What `tidegate.inferred` of a column or of the object holds, and where. */
export interface Marks {
  readonly value: Json;
  readonly path: shape.Path;
}

const options: readonly ColumnLimitName[] = ['minimum', 'maximum', 'minLength', 'maxLength', 'pattern'];

/** Every limit of a column that inference knows, as the document has it. */
export const columnLimitNames: readonly ColumnLimitName[] = [
  'required',
  'unique',
  ...options,
  'nullValues',
  'invalidValues',
  'between',
  'doesNotMatch',
  'trimmed',
  'finite',
];

/** What stands at a path; undefined for nothing. */
export function jsonAt(value: Json | undefined, path: shape.Path): Json | undefined {
  let found: Json | undefined = value;
  for (const part of path) {
    if (found === null || typeof found !== 'object') return undefined;
    found = (found as { readonly [name: string]: Json | undefined })[String(part)];
  }
  return found;
}

/** Null where inference has never written anything there: all of it is a person's. */
export function marksAt({ document }: DataContract, place: shape.Path): Marks | null {
  const properties = jsonAt(document.value, [...place, 'customProperties']);
  if (!Array.isArray(properties)) return null;
  const index = properties.findIndex((entry: Json) => jsonAt(entry, ['property']) === inferredProperty);
  const value = jsonAt(properties[index], ['value']);
  return index < 0 || value === undefined ? null : { value, path: [...place, 'customProperties', index, 'value'] };
}

/** A limit of the column at `place`. */
export function writtenLimit({ document }: DataContract, place: shape.Path, name: ColumnLimitName, marks: Marks | null): WrittenLimit {
  const mark = jsonAt(marks?.value, [name]);
  const found = locate(document.value, place, name, mark);
  const value = jsonAt(document.value, found);
  const isThere = value !== undefined && value !== null && value !== false;
  const own = placeOf(name) === 'rule' && isThere ? ruleMark(value) : value;
  return {
    value: isThere ? value : undefined,
    path: found,
    isOwn: isThere && mark !== undefined && own === mark,
    wasWritten: mark !== undefined,
  };
}

function locate(value: Json, place: shape.Path, name: ColumnLimitName, mark: Json | undefined): shape.Path {
  switch (placeOf(name)) {
    case 'property':
      return [...place, name];
    case 'option':
      return [...place, 'logicalTypeOptions', name];
    case 'rule': {
      const rules = jsonAt(value, [...place, 'quality']);
      if (!Array.isArray(rules)) return [...place, 'quality', 0];
      const own = rules.findIndex((rule: Json) => ruleMark(rule) === mark);
      const index = own >= 0 ? own : rules.findIndex((rule: Json) => isOf(rule, name));
      return [...place, 'quality', index < 0 ? rules.length : index];
    }
  }
}

function isOf(rule: Json, name: ColumnLimitName): boolean {
  return jsonAt(rule, ['metric']) === name || jsonAt(rule, ['implementation', 'check']) === name;
}
