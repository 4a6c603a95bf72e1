import type { LeftOut } from '../../config/index.ts';
import { pathTo } from '../../deploy/index.ts';
import {
  buildGraph,
  type ExpectedRun,
  expectedRun,
  type ExpectedTime,
  expectedTime,
  type PlannedStep,
  planRun,
  type StepNode,
  stepsThatRan,
} from '../../pipeline/index.ts';
import { availableParallelism } from '../../platform/index.ts';
import { type InputChange, openInputChanges } from '../changes/input-changes.ts';
import { filesLeftOut } from '../data/left-out.ts';
import { engineParts } from '../engine-parts.ts';
import { stepsToRun } from '../nodes.ts';
import { forcedSteps, isPart, type PartOfRun, selectionOf } from './part-of-run.ts';
import { standIns } from './tell-stand-ins.ts';
import type { Project } from '../project.ts';
import { type ChangedColumns, changedColumns } from '../sources/changed-columns.ts';

export interface PlanEntry extends PlannedStep {
  /** From how long it took before; null when it never ran to its end here, or does not run now. */
  readonly expected: ExpectedTime | null;
  /** What of its inputs changed, as far as their contents are at hand. */
  readonly changes: readonly InputChange[];
}

export interface ProjectPlan {
  /** In the order of the graph. */
  readonly steps: readonly PlanEntry[];
  readonly expected: ExpectedRun;
  /** Environments that a release goes through after the gate, as far as the goal. */
  readonly environments: readonly string[];
  /** Sources whose columns are others in what was read than in the pinned version. Left out when there is none. */
  readonly columns?: readonly ChangedColumns[];
  /** Tables of which no file is here, and whose pinned version is used. Left out when there is none. */
  readonly pinnedInstead?: readonly string[];
  /** Datasets of which `keep` leaves files out. Left out when there is none. */
  readonly leftOut?: readonly DatasetLeftOut[];
}

export interface DatasetLeftOut extends LeftOut {
  readonly dataset: string;
}

export interface ProjectPlanOptions extends PartOfRun {
  /** Steps to run although nothing changed, by name; `all` = every step. Default: none. */
  readonly force?: readonly string[];
  /** `gate` (default), or the environment to go on to. */
  readonly goal?: string;
  /** Cores that steps may occupy at once; null or left out = those of the machine. */
  readonly jobs?: number | null;
  readonly signal: AbortSignal;
}

/** What a run would do now, why, and how long it is likely to take; runs nothing and changes nothing. */
export async function planProject(project: Project, options: ProjectPlanOptions): Promise<ProjectPlan> {
  const { goal = 'gate', jobs = null } = options;
  const { nodes, steps } = await plannedSteps(project, options);
  using changes = openInputChanges(project);
  const timeOf = timesOf(project, steps);
  const entries: PlanEntry[] = [];
  for (const step of steps) entries.push({ ...step, expected: timeOf(step), changes: step.action === 'run' ? await changes.of(step) : [] });
  const columns = await changedColumns(
    project,
    steps.flatMap(({ step, action }) => (action === 'run' ? [step] : [])),
  );
  const leftOut = steps.flatMap(({ step }) => {
    const dataset = step.startsWith('data.') ? step.slice('data.'.length) : null;
    const found = dataset === null ? null : filesLeftOut(project, dataset);
    return dataset === null || found === null ? [] : [{ dataset, ...found }];
  });
  const pinnedInstead = standIns(nodes).filter((dataset) => steps.some(({ step }) => step === `data.${dataset}`));
  return {
    ...(columns.length > 0 && { columns }),
    ...(leftOut.length > 0 && { leftOut }),
    ...(pinnedInstead.length > 0 && { pinnedInstead }),
    steps: entries,
    expected: expectedRun(() => buildGraph(nodes), entries, jobs ?? availableParallelism()),
    environments: goal === 'gate' || isPart(options) ? [] : pathTo(project.config.environments, goal),
  };
}

/** The steps of a plan alone. */
export async function plannedSteps(
  project: Project,
  options: PartOfRun & Pick<ProjectPlanOptions, 'signal' | 'force'>,
): Promise<{ readonly nodes: readonly StepNode[]; readonly steps: readonly PlannedStep[] }> {
  const nodes = await stepsToRun(project);
  const { signal, force = [] } = options;
  const steps = await planRun(engineParts(project), nodes, {
    ...selectionOf(project, nodes, options),
    ...(force.length > 0 && { force: forcedSteps(nodes, force) }),
    signal,
    emit: () => {},
  });
  return { nodes, steps };
}

/** Nothing is looked up for what is a hit: that is what most of a large plan is; nor, of many steps, for those that never ran. */
function timesOf({ state, name }: Project, steps: readonly PlannedStep[]): (step: PlannedStep) => ExpectedTime | null {
  const mayRun = ({ action }: PlannedStep): boolean => action === 'run' || action === 'decide-later';
  const many = 100;
  const ran = steps.filter(mayRun).length > many ? stepsThatRan(state, name) : null;
  return (planned) => {
    const { step, inputBytes } = planned;
    return mayRun(planned) && ran?.has(step) !== false ? expectedTime(state, { project: name, step }, inputBytes) : null;
  };
}
