import type { Json, shape } from '@tidegate/formats';
import type { ContractColumn, DataContract, Limit, Rule } from '../data-contract.ts';

/** What of a data contract another tool cannot say. */
export interface NotSaid {
  readonly column: string | null;
  /** The rule, as the document has it in short. */
  readonly what: string;
  readonly why: string;
}

/** A data contract as a document of another tool. */
export interface Exported {
  readonly text: string;
  readonly notSaid: readonly NotSaid[];
}

/** What the document has at a path, where the parsed data contract keeps less. */
export function rawAt({ document }: DataContract, path: shape.Path): { readonly [name: string]: Json } {
  let at: Json | undefined = document.value;
  for (const part of path) at = typeof at === 'object' && at !== null ? (at as { readonly [name: string]: Json })[String(part)] : undefined;
  return typeof at === 'object' && at !== null && !Array.isArray(at) ? (at as { readonly [name: string]: Json }) : {};
}

/** `description` of a property. */
export function descriptionOf(contract: DataContract, column: ContractColumn): string | null {
  const { description } = rawAt(contract, column.path);
  return typeof description === 'string' ? description : null;
}

/** A rule in a few words, for messages. */
export function ruleInShort({ name, body }: Rule): string {
  const kind = body.kind === 'check' ? body.check : body.kind;
  return name === null ? kind : `${name} (${kind})`;
}

/** Whether a rule lets no row break it. */
export function isStrict({ operator, values }: Limit): boolean {
  return operator === 'mustBe' && values[0] === 0;
}
