import { type Deployment, type Verdict, worstVerdict } from '@tidegate/formats';
import type { RunReport } from './report.ts';

/** What a run was judged to be, with what was judged beside it; null when nothing was that must pass. */
export function verdictOf({ run, contracts }: Pick<RunReport, 'run' | 'contracts'>): Verdict | null {
  const beside = contracts.flatMap(({ evidence }) => (evidence.blocking ? [evidence.verdict] : []));
  return run.verdict === null && beside.length === 0 ? null : worstVerdict([run.verdict ?? 'pass', ...beside]);
}

/** What came of a run, as a sentence: where it is live, what stopped it, or that there was nothing to do. */
export function outcome({ run, contracts }: Pick<RunReport, 'run' | 'contracts'>, deployments: readonly Deployment[]): string {
  const live = deployments.filter((one) => one.run === run.id && one.action === 'deploy').map((one) => one.environment);
  if (live.length > 0) return `Live in ${live.join(', ')}`;
  const evidence = [...contracts.map((contract) => contract.evidence), ...run.steps.flatMap((step) => step.evidence)];
  const [first, ...more] = evidence.filter((item) => item.blocking && item.verdict !== 'pass');
  if (first !== undefined)
    return `Stopped at ${first.subject}: ${first.reason}${more.length > 0 ? `, and ${more.length} more ${more.length === 1 ? 'reason' : 'reasons'}` : ''}`;
  const failed = run.steps.find((step) => step.failure !== null);
  if (failed !== undefined) return `Failed at ${failed.step}: ${failed.failure?.message ?? ''}`;
  if (run.failure !== null) return `Failed: ${run.failure.message}`;
  if (run.status === 'cancelled' || run.status === 'crashed') return 'It did not come to an end';
  return run.steps.every((step) => step.status === 'hit') ? 'Nothing to do' : 'Passed the gate';
}
