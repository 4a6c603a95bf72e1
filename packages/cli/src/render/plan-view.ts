import type { PlannedStep, ProjectPlan } from '@tidegate/core';
import { unreachable } from '@tidegate/formats';
import { duration } from './figures.ts';
import { table } from './table.ts';
import { harmless, type Terminal } from './terminal.ts';
import { counted, reasonWords, verdictStyle } from './words.ts';

type Styled = Pick<Terminal, 'style'>;

/** What a run would do, a line for each step, and below it how many and what is in the way. */
export function planLines({ steps }: ProjectPlan, terminal: Styled): readonly string[] {
  const rows = steps.map((step) => [
    mark(step, terminal),
    step.step,
    words(step),
    step.lastMs === null ? '' : `last ${duration(step.lastMs)}`,
  ]);
  return [...table(rows, { indent: '  ' }), summary(steps), ...steps.flatMap((step) => obstacleLines(step, terminal))];
}

function mark(step: PlannedStep, { style }: Styled): string {
  if (step.failing.length > 0) return style('red', '✗');
  return { hit: style('dim', '='), run: style('green', '+'), 'decide-later': style('yellow', '~'), blocked: style('red', '-') }[
    step.action
  ];
}

function words(step: PlannedStep): string {
  const reasons = step.reasons.map(reasonWords).join('; ');
  switch (step.action) {
    case 'hit':
      return step.failing.length > 0 ? 'unchanged, and does not pass' : 'unchanged';
    case 'run':
      return `runs: ${reasons}`;
    case 'decide-later':
      return `runs if what it reads comes out otherwise: ${reasons}`;
    case 'blocked':
      return `does not run: ${step.blockedBy.join(', ')} does not pass`;
    default:
      return unreachable(step.action);
  }
}

function summary(steps: readonly PlannedStep[]): string {
  const blocked = steps.filter(({ action }) => action === 'blocked').length;
  const unchanged = steps.filter(({ action }) => action === 'hit').length;
  const runs = steps.length - blocked - unchanged;
  const rest = blocked === 0 ? '' : `; ${counted(blocked, 'step')} cannot run`;
  if (runs > 0) return `${counted(runs, 'step')} of ${steps.length} would run${rest}.`;
  return `${blocked === 0 ? 'Nothing to do' : 'Nothing would run'}: ${counted(unchanged, 'step')} unchanged${rest}.`;
}

/** Why nothing is built on a step, and what to do about it. */
function obstacleLines({ step, failing }: PlannedStep, { style }: Styled): readonly string[] {
  const [first, ...more] = failing;
  if (first === undefined) return [];
  const others = more.length === 0 ? '' : ` (and ${counted(more.length, 'reason')} more)`;
  return [
    `${step}: ${style(verdictStyle[first.verdict], first.verdict)}: ${harmless(first.reason)}${others}`,
    `  ${style('bold', 'fix:')} Correct what ${step} reads or asks for and run again; all reasons: tidegate explain ${step}`,
  ];
}
