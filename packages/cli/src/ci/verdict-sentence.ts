import type { JudgedChange } from '@tidegate/core';
import type { Evidence } from '@tidegate/formats';

type Judged = Pick<JudgedChange, 'run' | 'verdict' | 'contracts'>;

/** Everything that was measured of a change: by its run, and of its data contracts. */
export function evidenceOfChange({ run, contracts }: Pick<Judged, 'run' | 'contracts'>): readonly Evidence[] {
  return [...contracts.map(({ evidence }) => evidence), ...run.steps.flatMap(({ evidence }) => evidence)];
}

/** What came of a change, in one sentence without its period, as text for any place. */
export function verdictSentence(change: Judged): string {
  const { verdict, run } = change;
  const { steps, failure } = run;
  const failed = steps.find((step) => step.failure !== null);
  if (failed !== undefined) return `${failed.step} could not be done: ${failed.failure?.message ?? ''}`;
  if (failure !== null) return failure.message;
  const evidence = evidenceOfChange(change);
  const [first, ...more] = evidence.filter((item) => item.blocking && item.verdict !== 'pass').toSorted(byWeight);
  if (first !== undefined)
    return `${first.subject} does not pass: ${first.reason}${more.length === 0 ? '' : `, and ${more.length} more ${more.length === 1 ? 'reason' : 'reasons'}`}`;
  if (verdict === null) return 'Nothing was measured that must pass';
  const deciding = evidence.find((item) => item.kind === 'comparison' && item.verdict === 'pass');
  return deciding === undefined ? 'Everything that must pass does' : `Everything that must pass does: ${deciding.reason}`;
}

/** The worst verdict first. */
export function byWeight(a: Pick<Evidence, 'verdict'>, b: Pick<Evidence, 'verdict'>): number {
  const weight = (item: Pick<Evidence, 'verdict'>): number => ({ invalid: 0, fail: 1, inconclusive: 2, pass: 3 })[item.verdict];
  return weight(a) - weight(b);
}

/** The word that heads a report: the verdict, or how else the run ended. */
export function verdictWord({ verdict, run: { status, steps, failure } }: Pick<Judged, 'run' | 'verdict'>): string {
  if (status === 'cancelled') return 'cancelled';
  if (failure !== null || steps.some((step) => step.failure !== null)) return 'failed';
  return verdict ?? 'nothing measured';
}
