import { failure, type RunId, type StepName } from '@tidegate/formats';
import { runsOf, type StepNode, type StepSelection } from '../../pipeline/index.ts';
import { stepsNamed, withChecks } from '../nodes.ts';
import type { Project } from '../project.ts';

/** Which part of the project a run or a plan is about; nothing said: all of it. Only one of them may be said. */
export interface PartOfRun {
  /** These steps and what they need. */
  readonly only: readonly string[];
  /** These steps, what comes after them, and what all of those need. */
  readonly from?: readonly string[];
  /** These steps alone: what they need is taken from earlier runs. */
  readonly alone?: readonly string[];
  /** What failed in the newest run or was not reached, and what that needs. */
  readonly failed?: boolean;
}

/** Whether a part is asked for. */
export function isPart({ only, from = [], alone = [], failed = false }: PartOfRun): boolean {
  return failed || only.length + from.length + alone.length > 0;
}

/** @throws TG-CLI-NOT-FOUND for a step that is not there; TG-CLI-USAGE when two parts are asked for, or nothing failed */
export function selectionOf(project: Project, nodes: readonly StepNode[], part: PartOfRun): StepSelection {
  const { only, from = [], alone = [], failed = false } = part;
  if ([only.length > 0, from.length > 0, alone.length > 0, failed].filter(Boolean).length > 1)
    throw failure(
      'TG-CLI-USAGE',
      'Cannot run two parts at once: steps by name, --from, --only and --failed exclude each other',
      'Name one of them',
    );
  if (from.length > 0) return { from: stepsNamed(nodes, from) };
  if (alone.length > 0) return { only: stepsNamed(nodes, alone) };
  if (only.length > 0) return { upTo: withChecks(nodes, stepsNamed(nodes, only)) };
  return failed ? { upTo: stepsLeftOver(project, nodes) } : {};
}

function stepsLeftOver(project: Project, nodes: readonly StepNode[]): readonly StepName[] {
  const { run, steps } = leftOver(project);
  const names = new Set(steps);
  const present = nodes.filter(({ name }) => names.has(name)).map(({ name }) => name);
  if (present.length > 0) return present;
  const found = run === null ? 'there is no run yet' : `nothing failed and nothing was left out in run ${run}`;
  throw failure('TG-CLI-USAGE', `Cannot run what failed: ${found}`, 'Run everything: tidegate run');
}

/** What the newest run of the project did not bring to a result; of one that was killed, what it had not settled. */
function leftOver({ state, name }: Project): { readonly run: RunId | null; readonly steps: readonly StepName[] } {
  const [newest] = runsOf(state).list({ project: name, limit: 1 });
  if (newest === undefined) return { run: null, steps: [] };
  const missed = newest.steps.filter(({ status }) => status === 'failed' || status === 'blocked' || status === 'cancelled');
  return { run: newest.id, steps: missed.map(({ step }) => step) };
}

/** Steps that are to run although they have a result: `all` of them, or by name. */
export function forcedSteps(nodes: readonly StepNode[], force: readonly string[]): 'all' | readonly StepName[] {
  return force.includes('all') ? 'all' : stepsNamed(nodes, force);
}
