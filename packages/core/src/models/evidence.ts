import type { Evidence, EvidenceKind, Json, Verdict } from '@tidegate/formats';

export interface Finding {
  readonly kind: EvidenceKind;
  readonly name: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly details?: unknown;
  /** Default true. */
  readonly blocking?: boolean;
}

/** What the gate found, as evidence about a model. */
export function evidenceOf(model: string, { kind, name, verdict, reason, details = null, blocking = true }: Finding): Evidence {
  return { format: 'tidegate.evidence/1', kind, name, subject: `models.${model}`, verdict, blocking, reason, details: details as Json };
}
