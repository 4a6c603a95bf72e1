import { type Diagnostic, type Digest, diskTrouble, type Json, type MissReason, type StepRecord, TidegateError } from '@tidegate/formats';
import { originOf, type StoredResult } from '../cache/results.ts';
import type { StepNode } from '../step-kind.ts';

/** When a step began and how long it took, in milliseconds. */
export interface StepTimes {
  readonly startedAfterMs: number;
  readonly durationMs: number;
}

/** A result of an earlier run, taken as it is. */
export function hitRecord(node: StepNode, result: StoredResult, times: StepTimes): StepRecord {
  const { key, run, outputs, evidence, facts } = result;
  return { ...unfinished(node, 'hit', times), key, madeBy: run, from: originOf(result), outputs, evidence, facts };
}

/** A step that did not come to a result: blocked, skipped, cancelled or failed. */
export function unfinished(node: StepNode, status: StepRecord['status'], times: StepTimes): StepRecord {
  return {
    step: node.name,
    kind: node.kind,
    status,
    key: null,
    madeBy: null,
    reasons: [],
    ...times,
    outputs: {},
    evidence: [],
    facts: {},
    failure: null,
  };
}

/** What a failed step says: its own explanation, or that Tidegate has a bug and where its trace is. */
export function failedRecord(
  node: StepNode,
  error: unknown,
  more: StepTimes & {
    readonly key: Digest | null;
    readonly reasons: readonly MissReason[];
    readonly log: string;
    readonly facts: { readonly [name: string]: Json };
  },
): StepRecord {
  const { key, reasons, log, facts, ...times } = more;
  return { ...unfinished(node, 'failed', times), key, reasons, facts, failure: failureOf(node, error, log) };
}

function failureOf(node: StepNode, thrown: unknown, log: string): StepRecord['failure'] {
  const error = diskTrouble(thrown) ?? thrown;
  if (!(error instanceof TidegateError))
    return {
      code: 'TG-PIPELINE-STEP-BROKE',
      message: `Cannot run "${node.name}": ${String(error)}`,
      hint: `Please report this with the log "${log}"`,
    };
  const [first] = error.diagnostics;
  const hint = error.diagnostics.find((diagnostic) => diagnostic.hint !== null)?.hint ?? null;
  return { code: first.code, message: error.diagnostics.map(placedMessage).join('\n'), hint };
}

/** `features/delay.yaml:4:7: Unknown name "tiem"` */
function placedMessage({ message, place }: Diagnostic): string {
  return place === null ? message : `${place.file}:${place.line}:${place.column}: ${message}`;
}

/** Whether nothing may build on a step: it came to no result, or what it measured must pass and does not. */
export function isBlocking(record: StepRecord): boolean {
  return !hasResult(record) || record.evidence.some((evidence) => evidence.blocking && evidence.verdict !== 'pass');
}

export function hasResult({ status }: StepRecord): boolean {
  return status === 'hit' || status === 'done';
}
