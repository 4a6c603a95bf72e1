import {
  canonicalJson,
  type Digest,
  type Evidence,
  type Json,
  type ReplayedStep,
  type StepRecord,
  TidegateError,
  type VerdictReplay,
} from '@tidegate/formats';
import { costRules, replayCost } from '../../deploy/index.ts';
import { gateRules, replayEvaluation } from '../../models/index.ts';
import { type ObjectStore, readRecord } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { requireRun } from '../run/run-history.ts';

/**
 * Computes the verdicts of a run again from the records that its steps have left in the store: nothing is trained, scored or measured, and no state is read
 * but the run itself.
 *
 * @throws TG-CLI-NOT-FOUND when there is no such run
 */
export async function replayVerdicts(project: Project, text: string): Promise<VerdictReplay> {
  const run = requireRun(project, text);
  const steps: ReplayedStep[] = [];
  for (const step of run.steps) {
    const replay = replayOf(step);
    if (replay !== null) steps.push(await replayed(step, () => replay(project.store)));
  }
  return { format: 'tidegate.verdict-replay/1', project: project.name, run: run.id, steps };
}

type Replay = (store: ObjectStore) => Promise<readonly Evidence[] | string>;

/** Null for a step whose verdicts are no function of a record. */
function replayOf({ kind, outputs }: StepRecord): Replay | null {
  const { evaluation, cost } = outputs;
  if (kind === 'evaluate' && evaluation !== undefined) return (store) => ofEvaluation(store, evaluation.digest);
  if (kind === 'trial' && cost !== undefined) return (store) => ofCost(store, cost.digest);
  return null;
}

async function ofEvaluation(store: ObjectStore, evaluation: Digest): Promise<readonly Evidence[] | string> {
  const { replay } = await readRecord(store, 'tidegate.evaluation/1', evaluation);
  if (replay.rules !== gateRules) return otherRules(replay.rules, gateRules);
  return (await replayEvaluation(store, evaluation)).evidence;
}

async function ofCost(store: ObjectStore, cost: Digest): Promise<readonly Evidence[] | string> {
  const { replay } = await readRecord(store, 'tidegate.serving-cost/1', cost);
  if (replay !== null && replay.rules !== costRules) return otherRules(replay.rules, costRules);
  return replayCost(store, cost);
}

function otherRules(then: number, now: number): string {
  return `it was judged by rules ${then}, and this Tidegate judges by rules ${now}`;
}

async function replayed({ step, evidence }: StepRecord, again: () => Promise<readonly Evidence[] | string>): Promise<ReplayedStep> {
  const found = await again().catch((error: unknown) => {
    if (error instanceof TidegateError) return error.diagnostics[0].message;
    throw error;
  });
  if (typeof found === 'string') return { step, replayed: 0, differing: [], lacks: found };
  const before = new Map(evidence.map((one) => [one.name, one]));
  const differing = found.flatMap((after) => {
    const was = before.get(after.name);
    return was !== undefined && textOf(was) === textOf(after)
      ? []
      : [{ name: after.name, before: was?.verdict ?? null, after: after.verdict }];
  });
  return { step, replayed: found.length, differing, lacks: null };
}

function textOf(evidence: Evidence): string {
  return canonicalJson(JSON.parse(JSON.stringify(evidence)) as Json);
}
