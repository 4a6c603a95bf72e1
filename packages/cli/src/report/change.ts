import type { MissReason, RunRecord } from '@tidegate/formats';
import { reasonWords } from '../render/words.ts';

/** What a run was about: the data that changed, the commit's subject when anything else did, or that nothing had. */
export function changeOf(run: RunRecord): string {
  const ran = run.steps.filter((step) => step.status !== 'hit');
  if (ran.length === 0) return 'Nothing changed';
  const causes = run.steps.flatMap((step) => step.reasons.filter((reason) => isCause(reason, run)).map((reason) => ({ step, reason })));
  const onlyData = causes.length > 0 && causes.every(({ step, reason }) => step.kind === 'dataset' && reason.kind === 'input-changed');
  if (!onlyData) return run.subject ?? 'Uncommitted changes';
  const words = [...new Set(causes.map(({ reason }) => reasonWords(reason)))];
  return `Data changed: ${words.slice(0, 3).join(', ')}${words.length > 3 ? ` and ${words.length - 3} more` : ''}`;
}

/** Whether a step ran because of something outside the run: not because another step ran, nor because of who is the champion. */
function isCause(reason: MissReason, run: RunRecord): boolean {
  if (reason.kind === 'upstream-runs') return false;
  if (reason.kind === 'setting-changed') return !reason.setting.startsWith('facts.');
  return reason.kind !== 'input-changed' || !run.steps.some(({ step }) => reason.input.startsWith(`${step}/`));
}
