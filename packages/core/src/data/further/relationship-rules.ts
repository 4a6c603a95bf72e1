import { type ContractColumn, type DataContract, noRows, type Relationship } from '../contract/data-contract.ts';
import type { FurtherRule } from './further-rule.ts';

/** Where a relationship of a data contract leads in a project; `dataset` null: nowhere that a run could look, and why. */
export type RelationshipEnd =
  { readonly dataset: string; readonly columns: readonly string[] } | { readonly dataset: null; readonly why: string };

/** A relationship whose end nobody looked for: what has no project cannot follow it. */
const notFollowed: RelationshipEnd = {
  dataset: null,
  why: "it is not measured here, for it looks beyond these rows: that of a dataset's own data contract is judged in a run, in the step checks.NAME",
};

/** The relationships of a data contract as the check `foreignKey`, each with the end of the same place; one without an end stays unjudged, and says so. */
export function relationshipRules({ relationships, columns }: DataContract, ends: readonly RelationshipEnd[]): readonly FurtherRule[] {
  return relationships.map((relationship, index): FurtherRule => {
    const { columns: own, path } = relationship;
    const end = ends[index] ?? notFollowed;
    const references = end.dataset === null ? writtenTarget(relationship) : end.columns;
    const given = { columns: own, references, ...(end.dataset !== null && { dataset: end.dataset }) };
    const body = { kind: 'check', check: 'foreignKey', given, limit: noRows } as const;
    const description =
      end.dataset === null ? `${own.join(', ')} ${own.length === 1 ? 'is' : 'are'} ${references.join(', ')} of a row` : null;
    return {
      rule: { name: 'relationship', description, dimension: null, severity: 'error', body, path },
      body,
      column: own.length === 1 ? columnOf(columns, own[0]) : null,
      unjudged: end.dataset === null ? end.why : null,
    };
  });
}

function writtenTarget({ to }: Relationship): readonly string[] {
  return to.kind === 'elsewhere' ? to.references : to.columns.map((column) => `${to.object}.${column}`);
}

function columnOf(columns: readonly ContractColumn[], name: string | undefined): ContractColumn | null {
  return columns.find((column) => column.name === name) ?? null;
}
