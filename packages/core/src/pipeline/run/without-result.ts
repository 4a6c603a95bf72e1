import { failure, stepName, type StepName, type StepRecord } from '@tidegate/formats';
import { knownIn } from '../../config/index.ts';
import type { Graph } from '../graph/graph.ts';
import type { StepNode } from '../step-kind.ts';
import { conditionHolds } from './condition-holds.ts';
import { isStopping, type RunInProgress } from './run-in-progress.ts';
import { hasResult, isBlocking } from './step-record.ts';

/** Why a step is not even looked at. */
export interface NoResult {
  readonly status: 'blocked' | 'cancelled' | 'skipped';
  readonly facts: StepRecord['facts'];
}

/**
 * Why a step is not looked at: what it needs did not pass, its condition does not hold, or the run is stopping. Null when it is.
 *
 * @throws TG-PIPELINE-CONDITION; TG-PIPELINE-ITEMS-FAILED when more items of a fan-out failed than may
 */
export function withoutResult(progress: RunInProgress, graph: Graph, node: StepNode): NoResult | null {
  if (node.condition?.test === 'always') return progress.signal.aborted ? { status: 'cancelled', facts: {} } : null;
  const needs = (graph.needs.get(node.name) ?? []).flatMap((need) => progress.records.get(need) ?? []);
  const blockers = needs.filter((record) => !isNoObstacle(node, record));
  if (node.allowedFailures !== undefined) return unfinishedItems(node, needs, blockers);
  const named = (status: StepRecord['status']): readonly StepName[] =>
    blockers.filter((record) => record.status === status).map((record) => record.step);
  const skippedBy = named('skipped');
  const blockedBy = blockers.filter(({ status }) => status !== 'cancelled' && status !== 'skipped').map((record) => record.step);
  if (blockedBy.length > 0) return { status: 'blocked', facts: { blockedBy } };
  if (named('cancelled').length > 0 || isStopping(progress)) return { status: 'cancelled', facts: {} };
  if (skippedBy.length > 0) return { status: 'skipped', facts: { skippedBy } };
  if (node.condition === undefined || conditionHolds(node.name, node.condition, (step) => progress.records.get(stepName(step))))
    return null;
  return { status: 'skipped', facts: { condition: node.condition.text } };
}

/** A verdict that the condition names is judged by the condition. */
function isNoObstacle(node: StepNode, record: StepRecord): boolean {
  if (!isBlocking(record)) return true;
  if (node.condition === undefined || !hasResult(record)) return false;
  return knownIn(node.condition).some(({ step, member }) => step === record.step && member === 'verdict');
}

/** The items of a fan-out are looked at together: so many of them may have failed. */
function unfinishedItems(node: StepNode, items: readonly StepRecord[], blockers: readonly StepRecord[]): NoResult | null {
  const failed = blockers.filter(({ status }) => status === 'failed');
  const allowed = node.allowedFailures ?? 0;
  if (failed.length > allowed)
    throw failure(
      'TG-PIPELINE-ITEMS-FAILED',
      `Cannot finish "${node.name}": ${failed.length} of ${items.length} items failed${allowed > 0 ? `, and ${allowed} may` : ''}: ${shownItems(failed)}`,
      `Read what one of them printed: tidegate log ${failed[0]?.step ?? node.name}`,
    );
  for (const status of ['blocked', 'cancelled', 'skipped'] as const) {
    const first = blockers.find((record) => record.status === status);
    if (first !== undefined) return { status, facts: first.facts };
  }
  return null;
}

function shownItems(records: readonly StepRecord[]): string {
  const most = 10;
  const shown = records.slice(0, most).map(({ step }) => step.slice(step.indexOf('@') + 1));
  return `${shown.join(', ')}${records.length > most ? ` and ${records.length - most} more` : ''}`;
}
