import type { Digest, MissReason, RunRecord, StepName, StepRecord, StepStatus, Verdict } from '@tidegate/formats';
import { findKeyRecord } from '../cache/decide.ts';
import { differences } from '../cache/differences.ts';
import type { EngineParts } from '../engine-parts.ts';

/** Two sides of one thing; null where a side does not have it. */
export interface BothSides<T> {
  readonly before: T | null;
  readonly after: T | null;
}

/** A step that two runs do not have alike. */
export interface ComparedStep {
  readonly step: StepName;
  readonly kind: string;
  readonly status: BothSides<StepStatus>;
  readonly key: BothSides<Digest>;
  readonly durationMs: BothSides<number>;
  /** What went into the key differently; empty where a side has no key, or its record is gone. */
  readonly differences: readonly MissReason[];
  /** Outputs that have other bytes, came or went, by name. */
  readonly outputs: readonly string[];
}

/** A piece of evidence whose verdict differs, or that only one side has. */
export interface ComparedEvidence {
  readonly step: StepName;
  readonly name: string;
  readonly verdict: BothSides<Verdict>;
  /** The later sentence, or the earlier one where there is no later. */
  readonly reason: string;
}

export interface ComparedSteps {
  /** In the order of the later run; those that only the earlier has come last. */
  readonly steps: readonly ComparedStep[];
  /** How many steps have the same key, outputs and verdicts. */
  readonly same: number;
  /** Files of the project that steps read: path → digests. */
  readonly inputs: { readonly [path: string]: BothSides<string> };
  readonly evidence: readonly ComparedEvidence[];
}

/** How many steps have their key records compared: those of a run in which everything changed say the same thing again and again. */
const mostExplained = 200;

/** What two runs have differently, step by step. */
export async function compareSteps(
  parts: Pick<EngineParts, 'store'>,
  before: Pick<RunRecord, 'steps'>,
  after: Pick<RunRecord, 'steps'>,
): Promise<ComparedSteps> {
  const pairs = pairsOf(before.steps, after.steps);
  const changed = pairs.filter(({ was, is }) => !isSame(was, is));
  const steps: ComparedStep[] = [];
  for (const pair of changed) steps.push(comparedStep(pair, steps.length < mostExplained ? await keyDifferences(parts, pair) : []));
  const inputs = steps.flatMap((step) => step.differences).filter((one) => one.kind === 'input-changed');
  const files = inputs.filter(({ input }) => !isArtifact(input, pairs));
  return {
    steps,
    same: pairs.length - changed.length,
    inputs: Object.fromEntries(files.map(({ input, before: was, after: is }) => [input, { before: was, after: is }])),
    evidence: pairs.flatMap(comparedEvidence),
  };
}

interface Pair {
  readonly step: StepName;
  readonly was: StepRecord | undefined;
  readonly is: StepRecord | undefined;
}

function pairsOf(before: readonly StepRecord[], after: readonly StepRecord[]): readonly Pair[] {
  const olds = new Map(before.map((record) => [record.step, record]));
  const news = new Set(after.map(({ step }) => step));
  const gone = before.filter(({ step }) => !news.has(step));
  return [
    ...after.map((is) => ({ step: is.step, was: olds.get(is.step), is })),
    ...gone.map((was) => ({ step: was.step, was, is: undefined })),
  ];
}

/** Whether both came to the same result, whoever made it. */
function isSame(was: StepRecord | undefined, is: StepRecord | undefined): boolean {
  if (was === undefined || is === undefined) return false;
  const hasResult = (record: StepRecord): boolean => record.status === 'hit' || record.status === 'done';
  return (
    was.key === is.key &&
    hasResult(was) === hasResult(is) &&
    (hasResult(is) || was.status === is.status) &&
    otherOutputs(was, is).length === 0
  );
}

function otherOutputs(was: StepRecord | undefined, is: StepRecord | undefined): readonly string[] {
  const names = new Set([...Object.keys(was?.outputs ?? {}), ...Object.keys(is?.outputs ?? {})]);
  return [...names].filter((name) => was?.outputs[name]?.digest !== is?.outputs[name]?.digest);
}

async function keyDifferences(parts: Pick<EngineParts, 'store'>, { was, is }: Pair): Promise<readonly MissReason[]> {
  if (was?.key == null || is?.key == null || was.key === is.key) return [];
  const [before, after] = [await findKeyRecord(parts, was.key), await findKeyRecord(parts, is.key)];
  return before === null || after === null ? [] : differences(before, after);
}

function comparedStep({ step, was, is }: Pair, found: readonly MissReason[]): ComparedStep {
  return {
    step,
    kind: is?.kind ?? was?.kind ?? '',
    status: { before: was?.status ?? null, after: is?.status ?? null },
    key: { before: was?.key ?? null, after: is?.key ?? null },
    durationMs: { before: timeOf(was), after: timeOf(is) },
    differences: found,
    outputs: otherOutputs(was, is),
  };
}

/** Null for a step that did not run: how long it takes to find a result again says nothing of the step. */
function timeOf(record: StepRecord | undefined): number | null {
  return record?.status === 'done' || record?.status === 'failed' ? record.durationMs : null;
}

function comparedEvidence({ step, was, is }: Pair): readonly ComparedEvidence[] {
  const olds = new Map((was?.evidence ?? []).map((one) => [one.name, one]));
  const news = new Map((is?.evidence ?? []).map((one) => [one.name, one]));
  return [...new Set([...news.keys(), ...olds.keys()])].flatMap((name) => {
    const [old, now] = [olds.get(name), news.get(name)];
    if (old?.verdict === now?.verdict) return [];
    return [{ step, name, verdict: { before: old?.verdict ?? null, after: now?.verdict ?? null }, reason: (now ?? old)?.reason ?? '' }];
  });
}

/** Artifacts are named `STEP/OUTPUT`; a folder of that name may lie in the project, so the steps decide. */
function isArtifact(input: string, pairs: readonly Pair[]): boolean {
  const step = input.slice(0, input.lastIndexOf('/'));
  return pairs.some((pair) => pair.step === step);
}
