import type { ExpectedTime, PlanEntry, ProjectPlan } from '@tidegate/core';
import { unreachable } from '@tidegate/formats';
import { hunkLines, reasonsInDetail } from './change-words.ts';
import { duration } from './figures.ts';
import { leftOutLines } from './left-out-view.ts';
import { changedColumnsLines } from './read-source-view.ts';
import { pinnedInsteadWords } from './pinned-instead.ts';
import { table } from './table.ts';
import { harmless, type Terminal } from './terminal.ts';
import { counted, verdictStyle } from './words.ts';

type Styled = Pick<Terminal, 'style'>;

/** What a run would do, a line for each step or for many of which the same is to be said; below it how many, how long, and what is in the way. */
export function planLines(plan: ProjectPlan, terminal: Styled): readonly string[] {
  const { steps } = plan;
  const rows = grouped(steps).map(([first, ...more]) => [
    mark(first, terminal),
    more.length === 0 ? first.step : namesOf([first, ...more]),
    words(first),
    more.length === 0 ? timeWords(first) : '',
  ]);
  const changes = new Map(steps.flatMap((step) => step.changes).map((change) => [change.input, change]));
  return [
    ...table(rows, { indent: '  ' }),
    ...hunkLines([...changes.values()], terminal),
    ...changedColumnsLines(plan.columns ?? [], terminal),
    ...(plan.pinnedInstead ?? []).map(pinnedInsteadWords),
    ...(plan.leftOut ?? []).flatMap(({ dataset, ...leftOut }) => [
      `data.${dataset}: not all that is there is in its version`,
      ...leftOutLines(leftOut),
    ]),
    summary(plan),
    ...obstacles(steps, terminal),
    ...(plan.environments.length === 0 ? [] : [`When the gate passes, the release goes on to ${plan.environments.join(', then ')}.`]),
  ];
}

type Group = readonly [PlanEntry, ...PlanEntry[]];

/** So many steps of one sort have a line each; more become one. */
const mostAlike = 20;

/** In the order of the plan; steps of which the same is said are together when there are many of them. */
function grouped(steps: readonly PlanEntry[]): readonly Group[] {
  const alike = new Map<string, [PlanEntry, ...PlanEntry[]]>();
  for (const step of steps) {
    const sort = step.action === 'decide-later' ? 'decide-later' : `${step.failing.length} ${words(step)}`;
    const group = alike.get(sort);
    if (group === undefined) alike.set(sort, [step]);
    else group.push(step);
  }
  const large = new Set([...alike.values()].filter((group) => group.length > mostAlike));
  const groupOf = new Map([...large].flatMap((group) => group.map((step) => [step, group] as const)));
  return steps.flatMap((step): readonly Group[] => {
    const group = groupOf.get(step);
    if (group === undefined) return [[step]];
    return group[0] === step ? [group] : [];
  });
}

function namesOf(steps: Group): string {
  const [first] = steps;
  return first.action === 'hit' ? counted(steps.length, 'step') : `${first.step} and ${counted(steps.length - 1, 'step')} more`;
}

function mark(step: PlanEntry, { style }: Styled): string {
  if (step.failing.length > 0) return style('red', '✗');
  return {
    hit: style('dim', '='),
    run: style('green', '+'),
    'decide-later': style('yellow', '~'),
    blocked: style('red', '-'),
    skipped: style('dim', '-'),
  }[step.action];
}

function words(step: PlanEntry): string {
  switch (step.action) {
    case 'hit':
      return step.failing.length > 0 ? 'unchanged, and does not pass' : 'unchanged';
    case 'run':
      return `runs: ${reasonsInDetail(step.reasons, step.changes)}`;
    case 'decide-later':
      return `runs if what it reads comes out otherwise: ${reasonsInDetail(step.reasons, [])}`;
    case 'blocked':
      return `does not run: ${step.blockedBy.join(', ')} does not pass`;
    case 'skipped':
      return step.blockedBy.length > 0 ? `is skipped with ${step.blockedBy.join(', ')}` : 'is skipped: its condition does not hold';
    default:
      return unreachable(step.action);
  }
}

/** `about 3.4 s (3.1 s to 3.9 s)`; nothing for what does not run. */
function timeWords({ action, expected }: PlanEntry): string {
  if (action !== 'run' && action !== 'decide-later') return '';
  return expected === null ? 'no history' : aboutWords(expected);
}

function aboutWords({ medianMs, lowMs, highMs }: Pick<ExpectedTime, 'medianMs' | 'lowMs' | 'highMs'>): string {
  const [low, high] = [duration(lowMs), duration(highMs)];
  return `about ${duration(medianMs)}${low === high ? '' : ` (${low} to ${high})`}`;
}

function summary({ steps, expected }: ProjectPlan): string {
  const blocked = steps.filter(({ action }) => action === 'blocked').length;
  const unchanged = steps.filter(({ action }) => action === 'hit').length;
  const skipped = steps.filter(({ action }) => action === 'skipped').length;
  const runs = steps.length - blocked - unchanged - skipped;
  const left = [
    ...(blocked === 0 ? [] : [`${counted(blocked, 'step')} cannot run`]),
    ...(skipped === 0 ? [] : [`${counted(skipped, 'step')} skipped`]),
  ];
  const rest = left.map((words) => `; ${words}`).join('');
  if (runs === 0) return `${blocked === 0 ? 'Nothing to do' : 'Nothing would run'}: ${counted(unchanged, 'step')} unchanged${rest}.`;
  const { withoutHistory, cpus } = expected;
  const known = withoutHistory === runs ? '' : `, ${aboutWords(expected)} on ${counted(cpus, 'core')}`;
  const unknown = withoutHistory === 0 ? '' : known === '' ? '' : `, and what ${counted(withoutHistory, 'step')} without history takes`;
  return `${counted(runs, 'step')} of ${steps.length} would run${known}${unknown}${rest}.`;
}

/** Why nothing is built on a step, and what to do about it. */
function obstacles(steps: readonly PlanEntry[], terminal: Styled): readonly string[] {
  const most = 10;
  const broken = steps.filter(({ failing }) => failing.length > 0);
  const more = broken.length - most;
  return [
    ...broken.slice(0, most).flatMap((step) => obstacleLines(step, terminal)),
    ...(more > 0 ? [`${counted(more, 'step')} more do not pass: tidegate plan --json`] : []),
  ];
}

function obstacleLines({ step, failing }: PlanEntry, { style }: Styled): readonly string[] {
  const [first, ...more] = failing;
  if (first === undefined) return [];
  const others = more.length === 0 ? '' : ` (and ${counted(more.length, 'reason')} more)`;
  return [
    `${step}: ${style(verdictStyle[first.verdict], first.verdict)}: ${harmless(first.reason)}${others}`,
    `  ${style('bold', 'fix:')} Correct what ${step} reads or asks for and run again; all reasons: tidegate explain ${step}`,
  ];
}
