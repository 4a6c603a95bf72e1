import type { Deployment, RunRecord } from '@tidegate/formats';

/** What came of a run, as a sentence: where it is live, what stopped it, or that there was nothing to do. */
export function outcome(run: RunRecord, deployments: readonly Deployment[]): string {
  const live = deployments.filter((one) => one.run === run.id && one.action === 'deploy').map((one) => one.environment);
  if (live.length > 0) return `Live in ${live.join(', ')}`;
  const [first, ...more] = run.steps.flatMap((step) => step.evidence).filter((item) => item.blocking && item.verdict !== 'pass');
  if (first !== undefined)
    return `Stopped at ${first.subject}: ${first.reason}${more.length > 0 ? `, and ${more.length} more ${more.length === 1 ? 'reason' : 'reasons'}` : ''}`;
  const failed = run.steps.find((step) => step.failure !== null);
  if (failed !== undefined) return `Failed at ${failed.step}: ${failed.failure?.message ?? ''}`;
  if (run.failure !== null) return `Failed: ${run.failure.message}`;
  if (run.status === 'cancelled' || run.status === 'crashed') return 'It did not come to an end';
  return run.steps.every((step) => step.status === 'hit') ? 'Nothing to do' : 'Passed the gate';
}
