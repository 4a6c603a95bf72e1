import { callCommandLine } from '../../packages/cli/src/test-command-line.ts';
import { problemsAfter, problemsOfFailure, progressOf, processesOf, type Reference, referenceOf } from './invariants.ts';
import { keepAs, type Place, putBack } from './place.ts';
import type { FaultScenario } from './scenario.ts';
import { type FaultPoint, faultPointsIn, pathBelow } from './system-calls.ts';
import { type Fault, injectFault, type TracedEnd, traceCommand } from './traced-command.ts';
import { type KillMoment, runAndKill } from './random-kill.ts';

/** A scenario laid out at a place, with what it comes to undisturbed, and where faults can be put. */
export interface Rehearsed {
  readonly scenario: FaultScenario;
  readonly place: Place;
  readonly reference: Reference;
  readonly points: readonly FaultPoint[];
  readonly durationMs: number;
}

/** What came of one fault. `at` is where it struck; null when the command ended before it did. */
export interface Outcome {
  readonly at: string | null;
  readonly code: number;
  readonly recordedBefore: number;
  readonly problems: readonly string[];
}

/** Lays the scenario out, and plays it undisturbed: once traced, once timed, and once more to see that it comes to the same. */
export async function rehearse(scenario: FaultScenario, place: Place): Promise<Rehearsed> {
  await scenario.prepare(place);
  keepAs(place, scenario.name);
  const traced = await traceCommand(place, scenario.command(place));
  const reference = referenceOf(place, traced);
  putBack(place, scenario.name);
  const began = performance.now();
  const end = await place.tidegate(scenario.command(place));
  const durationMs = performance.now() - began;
  const problems = problemsAfter(place, reference, { rerun: end, before: { recorded: new Set(), timesRun: new Map() } });
  if (problems.length > 0)
    throw new Error(`Cannot try faults on "${scenario.name}": undisturbed, it is not always the same: ${problems.join('; ')}`);
  return { scenario, place, reference, points: faultPointsIn(traced.calls, place.folder), durationMs };
}

/** Puts a fault at a call, and repeats the command. Other threads may move a call by a few numbers, so it is looked for nearby as well. */
export async function tryFault(rehearsed: Rehearsed, point: FaultPoint, fault: Fault): Promise<Outcome> {
  const { place, scenario } = rehearsed;
  for (const shift of [0, 1, -1, 2, -2, 3]) {
    const nth = point.nth + shift;
    if (nth < 1) continue;
    putBack(place, scenario.name);
    const end = await injectFault(place, scenario.command(place), { fault, point: { ...point, nth } });
    const at = whereStruck(end, place);
    if (at === null) continue;
    return {
      at: `${point.thread} ${point.call} ${nth} ${at}`,
      ...(await repeat(rehearsed, end, fault === 'kill' ? [] : [...problemsOfFailure(end), ...(end.hung ? ['it came to no end'] : [])])),
    };
  }
  return { at: null, code: 0, recordedBefore: 0, problems: [] };
}

/** Kills the command at a moment, alone or with all it has started, and repeats it. */
export async function tryKill(rehearsed: Rehearsed, moment: KillMoment): Promise<Outcome> {
  const { place, scenario } = rehearsed;
  putBack(place, scenario.name);
  const end = await runAndKill(place, scenario.command(place), moment);
  return { at: end.killed ? `${Math.round(moment.afterMs)} ms` : null, ...(await repeat(rehearsed, end, [])) };
}

type End = Pick<TracedEnd, 'code' | 'killed'>;

async function repeat({ scenario, place, reference }: Rehearsed, end: End, found: readonly string[]): Promise<Omit<Outcome, 'at'>> {
  const before = progressOf(place);
  const left = end.killed ? [] : processesOf(place).map((process) => `left running by the failed command: ${process}`);
  const rerun = await place.tidegate(scenario.command(place));
  const problems = [...found, ...left, ...problemsAfter(place, reference, { rerun, before })];
  const fsck = await callCommandLine(['store', 'fsck'], { cwd: place.project, variables: place.variables }); // a process less to start
  if (fsck.code !== 0) problems.push(`fsck ended with ${fsck.code}: ${fsck.stdout}${fsck.stderr}`);
  const then = scenario.afterwards?.(place);
  if (then !== undefined) {
    const { code, stdout, stderr } = await place.tidegate(then);
    const { run } = JSON.parse(stdout || '{}') as { readonly run?: { readonly steps: readonly { readonly status: string }[] } };
    if (code !== 0 || run?.steps.some(({ status }) => status !== 'hit'))
      problems.push(`afterwards ${then.join(' ')} ended with ${code}: ${stderr}`);
  }
  return { code: end.killed ? 137 : end.code, recordedBefore: before.recorded.size, problems };
}

/** The path on which the fault struck; null when it did not, or elsewhere than at the place. */
function whereStruck(end: TracedEnd, place: Place): string | null {
  const call = end.killed ? end.calls.at(-1) : end.calls.find((one) => one.arguments.includes('(INJECTED)'));
  return call === undefined ? null : pathBelow(call, place.folder);
}
