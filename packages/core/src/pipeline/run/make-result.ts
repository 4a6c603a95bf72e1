import { failure, type StepName, type StepRecord } from '@tidegate/formats';
import { isoTime, measureFile, rm } from '../../platform/index.ts';
import type { Decision } from '../cache/decide.ts';
import { kindNamed } from '../engine-parts.ts';
import { release } from '../cache/flight.ts';
import { openStepLog, type StepLog, stepLog } from '../logs/log.ts';
import { missingObjects } from '../cache/missing-objects.ts';
import { keepResult } from './keep-result.ts';
import { NotBegun } from '../not-begun.ts';
import type { Held } from './resources.ts';
import { type RunInProgress, stopwatch, withAttempts } from './run-in-progress.ts';
import { noteStep } from '../runs.ts';
import type { ProjectFile } from '../inputs/snapshot.ts';
import { type Attempt, beginAttempt, forgetProcesses } from './step-context.ts';
import type { Masking } from '../secrets/masking.ts';
import type { SecretValues } from '../secrets/secrets.ts';
import type { ResolvedInput, StepNode, StepResult } from '../step-kind.ts';
import { failedRecord, unfinished } from './step-record.ts';
import { isUnchanged } from '../tree/workspace.ts';

export interface StepToRun {
  readonly node: StepNode;
  readonly inputs: readonly ResolvedInput[];
  readonly files: readonly ProjectFile[];
  readonly secrets: SecretValues | null;
  readonly miss: Extract<Decision, { readonly kind: 'miss' }>;
}

/** What came of running a step; `error` is what a failed one threw. */
export interface StepRun {
  readonly record: StepRecord;
  readonly error?: unknown;
}

/** A step on its way to a result: it may get ready, and then it is either made or given up. */
export interface Making {
  /** Does what takes none of what the step asks for, if its kind can. A second time does nothing. */
  readonly getReady: () => void;
  /**
   * Runs the step, whose key this run has claimed, and records its result in one durable transaction once all of it is durable. When an
   * input changed meanwhile, the result counts for this run only.
   */
  readonly make: (held: Held) => Promise<StepRun>;
  /** Takes down what was got ready. */
  readonly giveUp: () => Promise<void>;
}

export function openMaking(progress: RunInProgress, step: StepToRun): Making {
  const { parts, run } = progress;
  const { node } = step;
  const turn = Promise.withResolvers<Held>();
  const log = openStepLog(stepLog(parts.home, run, node.name));
  const attempt = beginAttempt(progress, { ...step, log, held: turn.promise });
  const kind = kindNamed(parts, node.kind);
  let isSettled = false;
  let made: Promise<StepResult> | null = null;
  const start = (): Promise<StepResult> => (made ??= kind.run(attempt.context).finally(attempt.endOutput));
  return {
    getReady: () => {
      if (kind.getsReady !== true) return;
      // in a turn of its own: those that have been given cores in this one come first
      setImmediate(() => void (isSettled || start().catch(() => {}))); // what it throws is told to whoever makes or gives up
    },
    make: async (held) => {
      using _ = log;
      isSettled = true;
      const started = (): Promise<StepResult> => {
        turn.resolve(held);
        return start();
      };
      const made = await recordResultOf(progress, step, { attempt, log, started });
      if (made.record.status === 'done') removeBeside(progress, node.name);
      return made;
    },
    giveUp: async () => {
      using _ = log;
      isSettled = true;
      turn.reject(new NotBegun());
      await made?.catch(() => {});
      if (attempt.processes.size > 0) parts.state.note(() => forgetProcesses(progress, attempt));
    },
  };
}

/** Removes the workspace of a step that is done while others run, so that they do not pile up; what stays goes at the end of the run. */
function removeBeside({ workspaces, removals }: RunInProgress, step: StepName): void {
  const folder = workspaces.get(step);
  if (folder === undefined) return;
  const removal = rm(folder, { recursive: true, force: true })
    .catch(() => {}) // tried again at the end
    .finally(() => removals.delete(step));
  removals.set(step, removal);
}

async function recordResultOf(
  progress: RunInProgress,
  step: StepToRun,
  { attempt, log, started }: { readonly attempt: Attempt; readonly log: StepLog; readonly started: () => Promise<StepResult> },
): Promise<StepRun> {
  const { parts, run, emit } = progress;
  const { node, miss } = step;
  const times = stopwatch(progress);
  emit({ kind: 'step-started', step: node.name, reasons: miss.reasons, at: isoTime(parts.platform.clock) });
  const { masking } = attempt.context;
  try {
    const made = withoutSecrets(await started(), masking);
    await checkOutputs(progress, node, made);
    const changed = await changedInputs(step.files, attempt);
    for (const path of changed) emit({ kind: 'input-changed-while-running', step: node.name, path });
    const inputBytes = step.inputs.reduce((sum, { artifact }) => sum + artifact.bytes, 0);
    const record: StepRecord = {
      ...withAttempts(progress, unfinished(node, 'done', times())),
      ...made,
      key: miss.key,
      madeBy: run,
      reasons: miss.reasons,
      inputBytes,
    };
    if (changed.length === 0) return { record: await keepResult(progress, { node, record, attempt, keyRecord: miss.record }) };
    return { record: note(progress, { record: { ...record, key: null }, attempt, miss }) };
  } catch (error) {
    const shown = (text: string): string => (masking === undefined ? text : masking.text(text));
    if (!progress.signal.aborted && error instanceof Error && error.name !== 'TidegateError') log.write(shown(String(error.stack)));
    const facts = progress.workspaces.has(node.name) ? { workspace: progress.workspaces.get(node.name) ?? null } : {};
    const failed = failedRecord(node, error, { ...times(), key: miss.key, reasons: miss.reasons, log: log.path, facts });
    const record: StepRecord = progress.signal.aborted
      ? { ...unfinished(node, 'cancelled', times()), reasons: miss.reasons }
      : {
          ...failed,
          failure: failed.failure && {
            ...failed.failure,
            message: shown(failed.failure.message),
            hint: failed.failure.hint && shown(failed.failure.hint),
          },
        };
    return { record: note(progress, { record: withAttempts(progress, record), attempt, miss }), error };
  }
}

/** Evidence and facts are kept and shown: a test may have put into them what it saw. */
function withoutSecrets({ outputs, evidence, facts }: StepResult, masking: Masking | undefined): StepResult {
  if (masking === undefined) return { outputs, evidence, facts };
  return { outputs, evidence: masking.record(evidence), facts: masking.record(facts) };
}

async function checkOutputs({ parts }: RunInProgress, node: StepNode, made: StepResult): Promise<void> {
  for (const { name, path } of node.outputs)
    if (made.outputs[name] === undefined)
      throw failure(
        'TG-PIPELINE-OUTPUT-MISSING',
        `Cannot finish "${node.name}": it made no output "${name}"`,
        path === null ? null : `Let the step write "${path}", or remove the output`,
      );
  const declared = new Set(node.outputs.map((output) => output.name));
  const extra = Object.keys(made.outputs).find((name) => !declared.has(name));
  if (extra !== undefined) throw new Error(`Kind "${node.kind}" returned the output "${extra}", which the step does not declare`);
  const [gone] = await missingObjects(parts.store, Object.values(made.outputs));
  if (gone !== undefined) throw new Error(`Kind "${node.kind}" returned the object ${gone}, which it has not put into the store`);
}

/** Project files that are no longer what the key says: looked at again only where the stat says that something happened. */
async function changedInputs(files: readonly ProjectFile[], attempt: Attempt): Promise<readonly string[]> {
  const changed = new Set(attempt.changed);
  for (const file of files) if (!isUnchanged(file) && (await digestNow(file.file)) !== file.digest) changed.add(file.path);
  return [...changed];
}

async function digestNow(path: string): Promise<string | null> {
  return measureFile(path).then(
    ({ digest }) => digest,
    () => null,
  );
}

/** Records a step that leaves nothing in the cache. */
function note(
  progress: RunInProgress,
  { record, attempt, miss }: { readonly record: StepRecord; readonly attempt: Attempt; readonly miss: StepToRun['miss'] },
): StepRecord {
  const { parts, run } = progress;
  parts.state.note(() => {
    noteStep(parts.state, run, record);
    release(parts.state, miss.key, run);
    forgetProcesses(progress, attempt);
  });
  return record;
}
