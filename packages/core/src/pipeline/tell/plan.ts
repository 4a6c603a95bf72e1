import { type Digest, type EmitEvent, type Evidence, type MissReason, type RunId, type StepName, stepName } from '@tidegate/formats';
import { knownIn } from '../../config/index.ts';
import { fileDigests } from '../../store/index.ts';
import { decide, stepsWithResults } from '../cache/decide.ts';
import type { EngineParts } from '../engine-parts.ts';
import { buildGraph } from '../graph/graph.ts';
import { prepareStep } from '../cache/prepare-step.ts';
import type { StoredResult } from '../cache/results.ts';
import { withStableDigests } from '../cache/stable-outputs.ts';
import { selectSteps, type StepSelection } from '../graph/select-steps.ts';
import { type Snapshot, takeSnapshot } from '../inputs/snapshot.ts';
import { capacityFor } from '../run/capacity.ts';
import { conditionHolds } from '../run/condition-holds.ts';
import { refuseImpossible } from '../run/refuse-impossible.ts';
import type { StepNode } from '../step-kind.ts';

/** What a run would do with a step. */
export interface PlannedStep {
  readonly step: StepName;
  readonly kind: string;
  /**
   * `hit`: taken from the cache. `run`: runs. `decide-later`: something it needs runs; should that come out as before, it is a hit.
   * `blocked`: something it needs has a result that does not pass. `skipped`: its condition, or that of a step it needs, does not hold.
   */
  readonly action: 'hit' | 'run' | 'decide-later' | 'blocked' | 'skipped';
  /** Why it is no hit; empty for `hit`, `blocked` and `skipped`. */
  readonly reasons: readonly MissReason[];
  /** Null as long as an input is not known. */
  readonly key: Digest | null;
  /** Bytes of all that it reads; null as long as an input is not known. */
  readonly inputBytes: number | null;
  /** The run whose result is taken. */
  readonly madeBy: RunId | null;
  readonly blockedBy: readonly StepName[];
  /** What of a hit must pass and does not: it blocks whatever needs the step. */
  readonly failing: readonly Evidence[];
}

export interface PlanOptions extends StepSelection {
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
  readonly force?: 'all' | readonly StepName[];
}

/**
 * What a run would do now, step by step in the order of the graph; runs nothing and changes nothing.
 *
 * @throws as {@link executeRun} before anything runs
 */
export async function planRun(parts: EngineParts, steps: readonly StepNode[], options: PlanOptions): Promise<readonly PlannedStep[]> {
  const all = buildGraph(steps);
  const selected = selectSteps(all, options);
  const { graph } = selected;
  refuseImpossible(parts, selected, await capacityFor(parts, graph, undefined));
  const snapshot = await takeSnapshot({
    root: parts.project.root,
    steps: [...graph.nodes.values()],
    allSteps: [...all.nodes.values()],
    digests: fileDigests(parts.state, parts.platform.clock),
    except: [parts.home.root],
    placeOfInput: parts.placeOfInput,
  });
  const planned = new Map<StepName, PlannedStep>();
  const results = new Map<StepName, StoredResult>();
  const known = graph.order.length > many ? stepsWithResults(parts.state) : null;
  for (const node of graph.order.flatMap((name) => graph.nodes.get(name) ?? [])) {
    const needs = (graph.needs.get(node.name) ?? []).flatMap((need) => planned.get(need) ?? []);
    planned.set(node.name, await planStep(parts, { node, needs, results, snapshot, options, isNew: known?.has(node.name) === false }));
  }
  return graph.order.flatMap((name) => planned.get(name) ?? []);
}

interface StepToPlan {
  readonly node: StepNode;
  readonly needs: readonly PlannedStep[];
  /** Results of the hits so far; a hit adds its own. */
  readonly results: Map<StepName, StoredResult>;
  readonly snapshot: Snapshot;
  readonly options: PlanOptions;
  /** Whether it is known to have no result. */
  readonly isNew: boolean;
}

/** From so many steps on it is worth a question to know which have no result. */
const many = 1_000;

async function planStep(parts: EngineParts, { node, needs, results, snapshot, options, isNew }: StepToPlan): Promise<PlannedStep> {
  const blank = { step: node.name, kind: node.kind, reasons: [], key: null, inputBytes: null, madeBy: null, blockedBy: [], failing: [] };
  const obstacle = obstacleOf(node, needs);
  if (obstacle !== null) return { ...blank, ...obstacle };
  const { signal, emit, force = [] } = options;
  const step = await prepareStep(parts, node, { snapshot, signal, emit, outputsOf: (need) => results.get(need)?.outputs });
  const running = needs.filter((need) => need.action !== 'hit');
  if (step === null || (node.condition !== undefined && running.length > 0))
    return { ...blank, action: 'decide-later', reasons: running.map((need) => ({ kind: 'upstream-runs', step: need.step })) };
  if (node.condition !== undefined && !conditionHolds(node.name, node.condition, (name) => results.get(stepName(name))))
    return { ...blank, action: 'skipped' };
  const inputBytes = step.inputs.reduce((sum, { artifact }) => sum + artifact.bytes, 0);
  const isForced = force === 'all' || force.includes(node.name);
  const decision = await decide(parts, step.keyRecord, { runs: isForced ? 'forced' : node.volatile === true ? 'volatile' : null, isNew });
  if (decision.kind === 'miss') return { ...blank, action: 'run', reasons: decision.reasons, key: decision.key, inputBytes };
  results.set(node.name, { ...decision.result, outputs: await withStableDigests(parts, node, decision.result) });
  const failing = decision.result.evidence.filter((evidence) => evidence.blocking && evidence.verdict !== 'pass');
  return { ...blank, action: 'hit', key: decision.key, inputBytes, madeBy: decision.result.run, failing };
}

/** Why a step cannot run as things are; null when nothing is in its way. */
function obstacleOf(node: StepNode, needs: readonly PlannedStep[]): Pick<PlannedStep, 'action' | 'blockedBy'> | null {
  if (node.condition?.test === 'always') return null;
  const judged = node.condition === undefined ? [] : knownIn(node.condition).filter(({ member }) => member === 'verdict');
  const fails = (need: PlannedStep): boolean => need.failing.length > 0 && judged.every(({ step }) => step !== need.step);
  const blockedBy = needs.filter((need) => need.action === 'blocked' || fails(need)).map((need) => need.step);
  if (blockedBy.length > 0) return { action: 'blocked', blockedBy };
  const skippedBy = needs.filter((need) => need.action === 'skipped').map((need) => need.step);
  return skippedBy.length > 0 ? { action: 'skipped', blockedBy: skippedBy } : null;
}
