import type { Evidence, EvidenceKind, RunRecord, StepName } from '@tidegate/formats';

export interface EvidenceFilter {
  readonly step?: StepName;
  /** Qualified name of what it is about. */
  readonly subject?: string;
  readonly kind?: EvidenceKind;
}

/** Evidence that a run has, in the order of its steps; a step taken from the cache brings the evidence of the run that made it. */
export function evidenceOf(run: Pick<RunRecord, 'steps'>, { step, subject, kind }: EvidenceFilter = {}): readonly Evidence[] {
  return run.steps
    .filter((record) => step === undefined || record.step === step)
    .flatMap((record) => record.evidence)
    .filter((item) => (subject === undefined || item.subject === subject) && (kind === undefined || item.kind === kind));
}
