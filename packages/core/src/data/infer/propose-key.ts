import type { CheckResult, shape } from '@tidegate/formats';
import type { YamlEdit } from '../../config/index.ts';
import type { ContractColumn, DataContract } from '../contract/data-contract.ts';
import type { InferredContract } from './inferred-contract.ts';
import { jsonAt, marksAt } from './written-limits.ts';

/** What becomes of a column's place in the primary key. */
export interface KeyMove {
  /** Place from 1; null for none. */
  readonly from: number | null;
  readonly to: number | null;
  readonly evidence: string;
}

/**
 * By column, how the primary key that inference wrote is to change where rows no longer keep it: to the one that they have now, if its columns are in the document and inference's own, or else to
 * none. A key that rows keep stays, and so does one that a person wrote or changed.
 */
export function keyMoves(contract: DataContract, inferred: InferredContract, broken: readonly CheckResult[]): ReadonlyMap<string, KeyMove> {
  const lost = broken.find(({ name }) => name === 'primary_key');
  const present = contract.columns.filter(({ keyPosition }) => keyPosition !== null);
  if (lost === undefined || present.length === 0 || !present.every((column) => isOwn(contract, column))) return new Map();
  const found = inferred.columns.filter(({ keyPosition }) => keyPosition > 0);
  const isKnown = found.every(({ column: { name } }) =>
    contract.columns.some((column) => column.name === name && marksAt(contract, column.path) !== null),
  );
  const places = new Map(isKnown ? found.map(({ column, keyPosition }) => [column.name, keyPosition] as const) : []);
  const rows = `${lost.failingRows} of ${lost.rows} ${lost.failingRows === 1 ? 'rows breaks it' : 'rows break it'}`;
  const now = places.size === 0 ? 'no other columns tell the rows apart' : `${[...places.keys()].join(', ')}: ${inferred.key ?? ''}`;
  return new Map(
    contract.columns.flatMap(({ name, keyPosition: from }) => {
      const to = places.get(name) ?? null;
      return from === to ? [] : [[name, { from, to, evidence: `${rows}; ${now}` }] as const];
    }),
  );
}

function isOwn(contract: DataContract, { path, keyPosition }: ContractColumn): boolean {
  return jsonAt(marksAt(contract, path)?.value, ['primaryKey']) === keyPosition;
}

/** The edits that make it so in the column at a place. */
export function keyEdits({ document }: DataContract, place: shape.Path, { from, to, evidence }: KeyMove): readonly YamlEdit[] {
  const position = [...place, 'primaryKeyPosition'];
  const hasPosition = jsonAt(document.value, position) !== undefined;
  if (to === null)
    return [{ kind: 'remove', path: [...place, 'primaryKey'] }, ...(hasPosition ? [{ kind: 'remove', path: position } as const] : [])];
  return [
    ...(from === null ? [{ kind: 'add', path: place, name: 'primaryKey', text: 'true', comment: evidence } as const] : []),
    hasPosition
      ? { kind: 'set', path: position, text: String(to) }
      : { kind: 'add', path: place, name: 'primaryKeyPosition', text: String(to) },
  ];
}
