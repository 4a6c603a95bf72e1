import type { Artifact, MissReason, ReplayDifference, ReplayOutcome, RunRecord, StepName, StepRecord } from '@tidegate/formats';

/** What of a replay is told from the two records. */
export interface ComparedReplay {
  readonly outcome: ReplayOutcome;
  readonly steps: {
    readonly identical: number;
    readonly withinTolerance: number;
    readonly different: number;
    readonly notCompared: number;
  };
  readonly first: Omit<ReplayDifference, 'key'> | null;
  readonly differing: readonly StepName[];
}

export interface ReplayComparison {
  readonly before: RunRecord;
  readonly after: RunRecord;
  /** Steps that were asked for, with what they need; null = all. */
  readonly wanted: ReadonlySet<StepName> | null;
  /** Whether a step declares, or its kind says, that its outputs come out otherwise each time. */
  readonly repeatsDifferently: (step: StepName) => boolean;
}

const mostDiffering = 100;

/** Compares a rebuilt run with the first one, step by step in the order of the graph. */
export function compareReplay({ before, after, wanted, repeatsDifferently }: ReplayComparison): ComparedReplay {
  const again = new Map(after.steps.map((record) => [record.step, record]));
  const compared = before.steps.map((was) => {
    const isAsked = (wanted === null || wanted.has(was.step)) && was.status !== 'cancelled';
    return { was, is: again.get(was.step), outcome: isAsked ? outcomeOf(was, again.get(was.step), repeatsDifferently(was.step)) : null };
  });
  const count = (outcome: ReplayOutcome | null): number => compared.filter((one) => one.outcome === outcome).length;
  const steps = {
    identical: count('identical'),
    withinTolerance: count('within-tolerance'),
    different: count('different'),
    notCompared: count(null),
  };
  const differing = compared.filter(({ outcome }) => outcome === 'different');
  const [first] = differing;
  return {
    outcome: first !== undefined ? 'different' : steps.withinTolerance > 0 ? 'within-tolerance' : 'identical',
    steps,
    first: first === undefined ? null : differenceOf(first.was, first.is),
    differing: differing.slice(0, mostDiffering).map(({ was }) => was.step),
  };
}

function outcomeOf(was: StepRecord, is: StepRecord | undefined, repeatsDifferently: boolean): ReplayOutcome {
  if (is === undefined || ending(was) !== ending(is) || evidenceBetween(was, is).length > 0) return 'different';
  const outputs = Object.keys({ ...was.outputs, ...is.outputs }).map((name) => outputOutcome(was.outputs[name], is.outputs[name]));
  if (outputs.every((outcome) => outcome === 'identical')) return 'identical';
  return repeatsDifferently || !outputs.includes('different') ? 'within-tolerance' : 'different';
}

/** Whether it was taken or made does not matter; how it failed does. */
function ending({ status, failure }: StepRecord): string {
  return status === 'hit' || status === 'done' ? 'result' : `${status} ${failure?.code ?? ''}`;
}

function outputOutcome(was: Artifact | undefined, is: Artifact | undefined): ReplayOutcome {
  if (was === undefined || is === undefined) return 'different';
  if (was.digest === is.digest) return 'identical';
  return was.stable !== undefined && was.stable.digest === is.stable?.digest ? 'within-tolerance' : 'different';
}

function evidenceBetween(was: StepRecord, is: StepRecord | undefined): ReplayDifference['evidence'] {
  const olds = new Map(was.evidence.map((one) => [one.name, one.verdict]));
  const news = new Map((is?.evidence ?? []).map((one) => [one.name, one.verdict]));
  return [...new Set([...olds.keys(), ...news.keys()])]
    .map((name) => ({ name, before: olds.get(name) ?? null, after: news.get(name) ?? null }))
    .filter(({ before, after }) => before !== after);
}

function differenceOf(was: StepRecord, is: StepRecord | undefined): Omit<ReplayDifference, 'key'> {
  const names = Object.keys({ ...was.outputs, ...is?.outputs });
  return {
    step: was.step,
    status: { before: was.status, after: is?.status ?? null },
    outputs: names.filter((name) => outputOutcome(was.outputs[name], is?.outputs[name]) === 'different'),
    evidence: evidenceBetween(was, is),
    failure: is?.failure ?? null,
  };
}

/** What of a key's differences says something: an input that came out otherwise is an earlier step's difference. */
export function ownDifferences(found: readonly MissReason[]): readonly MissReason[] {
  return found.filter((one) => one.kind !== 'input-changed' || !/^[a-z]+\.[^/]+\/[^/]+$/.test(one.input));
}
