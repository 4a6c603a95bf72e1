import type { ExplainedRun } from '@tidegate/core';
import { explanationLines } from './explanation-view.ts';
import { duration } from './figures.ts';
import type { Terminal } from './terminal.ts';
import { counted, runWords } from './words.ts';

/** So many steps are explained one by one. */
const mostSteps = 20;
/** So many runs are named that results were taken from. */
const mostMakers = 10;

/** Why each step of a run came out as it did: those that ran one by one, those that were taken by the run that made them. */
export function explainedRunLines({ run, steps, more, hits }: ExplainedRun, terminal: Pick<Terminal, 'style'>): readonly string[] {
  const left = steps.length - mostSteps + more;
  return [
    `${terminal.style('bold', run.id)} ${runWords[run.status]}${run.durationMs === null ? '' : ` in ${duration(run.durationMs)}`}`,
    ...steps
      .slice(0, mostSteps)
      .flatMap(({ explanation, changes }) => explanationLines({ step: explanation.step, explanation, changes, now: null }, terminal)),
    ...(left > 0 ? [`and ${counted(left, 'step')} more: "tidegate explain STEP --run ${run.id}" tells of one`] : []),
    ...hits.slice(0, mostMakers).map(({ madeBy, steps: taken }) => `${names(taken)} unchanged, from run ${madeBy ?? 'unknown'}`),
    ...(hits.length > mostMakers ? [`and results of ${counted(hits.length - mostMakers, 'run')} more`] : []),
  ];
}

function names(steps: readonly string[]): string {
  return steps.length <= 5 ? steps.join(', ') : counted(steps.length, 'step');
}
