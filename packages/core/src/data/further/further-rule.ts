import type { ContractColumn, Rule, RuleBody } from '../contract/data-contract.ts';

/** A rule whose check looks beyond the rows of one version, or asks Python. */
export interface FurtherRule {
  readonly rule: Rule;
  readonly body: Extract<RuleBody, { readonly kind: 'check' }>;
  /** Null for a rule of the object. */
  readonly column: ContractColumn | null;
  /** Why nothing can be measured, in words for after its promise; null when it can. */
  readonly unjudged: string | null;
}
