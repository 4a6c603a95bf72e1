import type { Artifact, EmitEvent, Evidence, Json, KeySalt, MissReason, RunId, StepName } from '@tidegate/formats';
import type { Condition, PartitionsConfig } from '../config/index.ts';
import type { Platform } from '../platform/index.ts';
import type { ObjectStore } from '../store/index.ts';
import type { RetryPolicy, StepItem, StepResources } from './step-scheduling.ts';
import type { Masking } from './secrets/masking.ts';

/** A unit of work in the graph, as the tiers above describe it. Plain data: what is in `settings` enters the key. */
export interface StepNode {
  readonly name: StepName;
  /** Which {@link StepKind} runs it. */
  readonly kind: string;
  readonly inputs: readonly StepInput[];
  readonly outputs: readonly StepOutput[];
  readonly settings: { readonly [name: string]: Json };
  readonly variables: { readonly [name: string]: string };
  /** Variable → name of the secret that it holds. Default: none. */
  readonly secrets?: { readonly [variable: string]: string };
  /** Cores it occupies while it runs. */
  readonly cpus: number;
  /** What its result varies with, so that another amount of it is another key. Default: nothing; the same work gives the same result. */
  readonly variesWith?: readonly ('cpus' | 'memory' | 'gpus')[];
  /** Whether the same key is to give the same bytes. Default `exactly`, unless its kind measures. */
  readonly repeats?: 'exactly' | 'differently';
  /** Whether it runs in every run, for it reads what no key can hold. What depends on it is cut off all the same. Default false. */
  readonly volatile?: boolean;
  /** Output → what of it decides whether steps that read it run again. Default: every byte. */
  readonly stable?: { readonly [output: string]: StableRule };
  /** Texts that have no meaning but to change the key. Default: none. */
  readonly salt?: KeySalt;
  /** What else it occupies while it runs; default nothing. No part of the key. */
  readonly resources?: StepResources;
  /** When it is tried again; default never. No part of the key. */
  readonly retry?: RetryPolicy;
  /** For an item of a fan-out: which one it is; default none. */
  readonly item?: StepItem;
  /** For the step that collects the items of a fan-out: how many of them may fail; default 0. */
  readonly allowedFailures?: number;
  /** Whether it runs at all; default `true`, and not when something that it needs did not pass. No part of the key. */
  readonly condition?: Condition;
  /** What its command is kept from. Default: a sandbox without network, no limits of its own. Not in the key: it lets a result be or not, and changes none. */
  readonly isolation?: Isolation;
}

export interface Isolation {
  /** Whether it runs in a sandbox where one works. */
  readonly sandbox: boolean;
  /** Whether the sandbox has the network. A kind that gives it has it among its settings too, for what is read there decides the result. */
  readonly network: boolean;
  /** What it may take; null = no limit. */
  readonly limits: { readonly processes: number | null; readonly openFiles: number | null; readonly fileBytes: number | null };
  /** Whether it is told what files it looks for that it does not declare. Default no: it makes a command several times slower. */
  readonly isTraced?: boolean;
}

/** What of an output matters: a JSON document with its numbers rounded, or the bytes of another output of the step. */
export type StableRule =
  | {
      readonly kind: 'json';
      /** Digits kept: after the point, or significant ones. Null: numbers as they are. */
      readonly round: { readonly digits: number; readonly counted: 'decimals' | 'significant' } | null;
      /** Members left out: by name wherever they are, or by path (`timing.seconds`). */
      readonly ignore: readonly string[];
    }
  | { readonly kind: 'output'; readonly output: string };

export type StepInput =
  /**
   * Files of the project; `pattern` is a path, a folder or a glob; matching nothing is an error when `required`, as it is when all of `any` do. With `partitions`
   * only those in the folders that are kept: the newest of all inputs of the step that have it.
   */
  | { readonly from: 'project'; readonly pattern: string; readonly required: boolean | 'any'; readonly partitions?: PartitionsConfig }
  /** An output of another step; `place` is where a workspace shows it (null: the kind reads it from the store). */
  | {
      readonly from: 'step';
      readonly step: StepName;
      readonly output: string;
      readonly place: string | null;
      /** Of an output that is a tree, the one file of this path in it. Default: all of it. */
      readonly part?: string;
    };

export interface StepOutput {
  readonly name: string;
  /** Where it is written in the workspace; null for a record that lives in the store only. */
  readonly path: string | null;
  /** Copied to the same path of the user's tree after a run started there. */
  readonly publish: boolean;
  /** Whether its path is that of another step's output, because it is made as that one and stays in the store. Default no. */
  readonly isAside?: true;
}

/** An input once it is known: project files by their path, artifacts by `step/output`. */
export interface ResolvedInput {
  /** Name in the key record: `train.py`, `features.delay/train`. */
  readonly name: string;
  readonly artifact: Artifact;
  /** Where a workspace shows it; null when it is read from the store only. */
  readonly place: string | null;
  /** For a project file, where it lies in the user's tree; null for an artifact. */
  readonly source: string | null;
}

export interface StepContext {
  readonly node: StepNode;
  readonly inputs: readonly ResolvedInput[];
  readonly store: ObjectStore;
  readonly platform: Platform;
  readonly run: RunId;
  readonly signal: AbortSignal;
  /**
   * Waits until the step has its cores, memory, GPUs and pools, and gives the GPUs that are its own from then on, as CUDA_VISIBLE_DEVICES names
   * them. May be called again. Default: it has them, and they are none.
   *
   * @throws NotBegun when the step is not to be run after all; what was got ready for it is taken down then
   */
  readonly begin?: () => Promise<readonly string[]>;
  /**
   * Tells that what needs its cores, memory, GPUs and pools has succeeded: others may begin while its outputs are stored. What fails
   * afterwards finds them begun. Default: nobody waits for it.
   */
  readonly workIsDone?: () => void;
  readonly emit: EmitEvent;
  /**
   * The secrets that the node declares, and how to keep them out of what is kept. Lines that are logged, evidence, facts and failures are masked
   * for every kind; what a kind puts into the store is its own concern. Absent when the node declares none.
   */
  readonly masking?: Masking;
  /** Tells how far it is; `fraction` null when that cannot be known. */
  readonly progress: (doing: string, fraction: number | null) => void;
  /** Output that belongs into the step's log: one or more lines at once, each with its line end; the last may be without. */
  readonly log: (stream: 'stdout' | 'stderr', text: string) => void;
  /**
   * The run's own folder for this step with the placed inputs in it, made at the first call, and made again as it was then where it is asked for
   * `renewed`, which is for when nothing of the step runs.
   *
   * @param sealed inputs whose files of at least {@link shortestShared} bytes the kind keeps from being written, also by root, as long as
   *   anything of the step runs: they may be the objects of the store themselves. Default: none
   */
  readonly workspace: (sealed?: ReadonlySet<ResolvedInput>, how?: 'kept' | 'renewed') => Promise<string>;
  /**
   * Results that the step has under other keys, the newest first, for a kind that need not do again what has not changed. None when the user asked for
   * the step to run whatever there is. What a kind makes with them must be what it makes without. Default: none.
   */
  readonly earlier?: () => Promise<readonly EarlierResult[]>;
  /** Notes a process group, so that it is ended when this process is killed and the next one starts. */
  readonly ownProcess: (pid: number) => void;
}

/** A result of a step under another key. */
export interface EarlierResult {
  /** The run that made it. */
  readonly run: RunId;
  readonly outputs: { readonly [output: string]: Artifact };
  /** Every difference of the key now to the key then. */
  readonly changes: readonly MissReason[];
}

export interface StepResult {
  /** One artifact for each declared output; a missing one fails the step. */
  readonly outputs: { readonly [output: string]: Artifact };
  readonly evidence: readonly Evidence[];
  /** A few facts for a reader: rows, files, seconds saved. Not part of any key. */
  readonly facts: { readonly [name: string]: Json };
}

/**
 * What a kind of step does. Upper tiers register kinds; the engine knows none by name. `step-kind.conformance.ts` is the suite that
 * every kind passes, run by the real engine.
 *
 * - **Key.** Node, inputs and `facts` decide the result, and nothing else does: the same give the same key record wherever the project
 *   lies, another content of an input gives another. The record is plain data and names no folder of this machine.
 * - **Repeatable.** `run` is called again with the same inputs after a crash, and gives the same outputs and verdicts; what tells
 *   how long something took is left out of account. `facts` and `run` may be called for several nodes at once.
 * - **Place.** It writes into its workspace, the store, and folders of its own that it removes. Every declared output is in the
 *   store when it returns, and no other output; the engine publishes.
 * - **Failure.** It throws {@link TidegateError} with a code when it cannot do its work, for whatever reason lies in what it reads;
 *   any other error is taken for a bug. A verdict is no error but evidence: the result is kept, and what depends on it is blocked
 *   when a blocking evidence is not `pass`.
 * - **Signal.** When it is aborted, `run` ends at once, whatever it waits for, and throws; what has come to its end already may be
 *   returned, but no result that the signal has cut short. No process and no temporary file stays.
 */
export interface StepKind {
  readonly kind: string;
  /** Raised when a change of the kind's code changes results: part of every key. */
  readonly version: number;
  /**
   * For a kind whose results are measurements (times, verdicts of tests): that two of them differ says nothing, and of one that is made
   * again on request the newer counts. Default false.
   */
  readonly measures?: true;
  /**
   * For a kind that gets ready what takes no cores worth counting, and then waits for `begin` of its context before its work: what it does before
   * happens while other steps have the cores, so that these do not lie idle. Until then it prints nothing, and holds nothing that another step waits
   * for. Default false: it is started once it has them.
   */
  readonly getsReady?: true;
  /**
   * What enters the key beyond node and inputs, found out cheaply: interpreter and lock identity, the champion. A kind
   * that reads what is not in the project asks here in every run what it is (a version, an ETag, a digest); one that cannot
   * makes its nodes volatile.
   */
  readonly facts?: (
    context: Pick<StepContext, 'node' | 'inputs' | 'store' | 'platform' | 'signal' | 'emit'>,
  ) => Promise<{ readonly [name: string]: Json }>;
  readonly run: (context: StepContext) => Promise<StepResult>;
}

/** The artifact an input name resolved to. @throws Error (a bug) when the node does not declare it. */
export function inputOf(context: Pick<StepContext, 'inputs'>, name: string): ResolvedInput {
  const input = context.inputs.find((candidate) => candidate.name === name);
  if (input === undefined) throw new Error(`Cannot find the input "${name}": the step does not declare it; please report this`);
  return input;
}

/** The text of an input that is one file. A file of the project is stored on the way, which checks that it is still the one in the key. */
export async function textOfInput({ store }: Pick<StepContext, 'store'>, { source, artifact }: ResolvedInput): Promise<string> {
  if (source !== null) await store.putFile(source, artifact.digest);
  return Buffer.from(await store.readBytes(artifact.digest)).toString('utf8');
}
