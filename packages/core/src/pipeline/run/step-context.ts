import { identityOf } from '../../platform/index.ts';
import type { Decision } from '../cache/decide.ts';
import { earlierResults } from '../cache/earlier-results.ts';
import type { StepLog } from '../logs/log.ts';
import type { Held } from './resources.ts';
import type { RunInProgress } from './run-in-progress.ts';
import type { ProjectFile } from '../inputs/snapshot.ts';
import { type Masking, maskingOf } from '../secrets/masking.ts';
import type { SecretValues } from '../secrets/secrets.ts';
import type { ResolvedInput, StepContext, StepNode } from '../step-kind.ts';
import { makeWorkspace, workspaceOf } from '../tree/workspace.ts';

/** The context of one attempt at a step, and what it left to be looked at. */
export interface Attempt {
  readonly context: StepContext;
  /** Project files that were not as in the key when they were placed. */
  readonly changed: Set<string>;
  /** Process groups that were noted. */
  readonly processes: Set<number>;
  /** Lets go the lines that were held back, for the step prints no more. */
  readonly endOutput: () => void;
}

export interface AttemptParts {
  readonly node: StepNode;
  readonly inputs: readonly ResolvedInput[];
  readonly files: readonly ProjectFile[];
  readonly log: StepLog;
  /** What the step asked for, once it has it. */
  readonly held: Promise<Held>;
  /** Null for a step without secrets. */
  readonly secrets: SecretValues | null;
  readonly miss: Extract<Decision, { readonly kind: 'miss' }>;
}

export function beginAttempt(progress: RunInProgress, { node, inputs, files, log, held, secrets, miss }: AttemptParts): Attempt {
  const { parts, run, emit, signal } = progress;
  const begun = held.then(({ gpus }) => gpus);
  begun.catch(() => {}); // told to whoever waits for it
  const changed = new Set<string>();
  const processes = new Set<number>();
  let workspace: Promise<string> | null = null;
  const make = async (sealed: ReadonlySet<ResolvedInput>): Promise<string> => {
    const folder = workspaceOf(parts.home, run, node.name);
    progress.workspaces.set(node.name, folder);
    await progress.removals.get(node.name); // of an earlier attempt
    for (const path of await makeWorkspace(folder, { node, inputs, files, store: parts.store, sealed })) changed.add(path);
    return folder;
  };
  const masking = secrets === null ? null : maskingOf(secrets);
  const show = (stream: 'stdout' | 'stderr', text: string): void => {
    log.write(text);
    emit({ kind: 'step-output', step: node.name, stream, text });
  };
  const output = masking === null ? { log: show, end: () => {} } : maskedOutput(masking, show);
  const context: StepContext = {
    node,
    inputs,
    store: parts.store,
    platform: parts.platform,
    run,
    signal,
    begin: () => begun,
    workIsDone: () =>
      void held.then(
        ({ release }) => release(),
        () => {},
      ),
    emit,
    ...(masking !== null && { masking }),
    progress: (doing, fraction) =>
      emit({ kind: 'step-progress', step: node.name, doing: masking === null ? doing : masking.text(doing), fraction }),
    log: output.log,
    workspace: (sealed = new Set(), how = 'kept') => (workspace = (how === 'kept' ? workspace : null) ?? make(sealed)),
    earlier: () => earlierResults(parts, miss),
    ownProcess: (pid) => {
      processes.add(pid);
      noteProcess(progress, pid);
    },
  };
  return { context, changed, processes, endOutput: output.end };
}

/** What both streams print as it may be shown; each stream is looked at by itself. */
function maskedOutput(masking: Masking, show: StepContext['log']): { readonly log: StepContext['log']; readonly end: () => void } {
  const masks = { stdout: masking.output(), stderr: masking.output() };
  const showIfAny = (stream: 'stdout' | 'stderr', text: string): void => {
    if (text !== '') show(stream, text);
  };
  return {
    log: (stream, text) => showIfAny(stream, masks[stream].push(text)),
    end: () => {
      for (const stream of ['stdout', 'stderr'] as const) showIfAny(stream, masks[stream].flush());
    },
  };
}

function noteProcess({ parts, run }: RunInProgress, pid: number): void {
  const identity = identityOf(pid);
  if (identity === null) return; // it has ended already
  const insert = 'INSERT OR REPLACE INTO process (run, pid, started_at, boot) VALUES (?, ?, ?, ?)';
  parts.state.note(() => parts.state.prepare(insert).run(run, pid, identity.startedAt, identity.boot));
}

/** Forgets the process groups of an attempt that is over; part of the caller's transaction. */
export function forgetProcesses({ parts, run }: RunInProgress, attempt: Attempt): void {
  for (const pid of attempt.processes) parts.state.prepare('DELETE FROM process WHERE run = ? AND pid = ?').run(run, pid);
}
