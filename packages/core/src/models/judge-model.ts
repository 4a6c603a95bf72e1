import {
  type BaselineMetrics,
  type Curve,
  type Digest,
  type Evidence,
  type Metric,
  type SeedSpread,
  type Signature,
  type SliceMetrics,
  type Verdict,
  worstVerdict,
} from '@tidegate/formats';
import { curvesOf, type MeasureOptions, type Sample, takeRows } from '@tidegate/runtime';
import { figure } from '../evidence/index.ts';
import { judgeBehaviour } from './behaviour/judge-behaviour.ts';
import type { BehaviourResult } from './behaviour/run-behaviour.ts';
import type { DiscoveredSlices } from './discovered/discover-slices.ts';
import { judgeDiscovered } from './discovered/judge-discovered.ts';
import type { WholeMetric } from './custom/whole-metrics.ts';
import type { EvaluateSettings } from './evaluate-settings.ts';
import { evidenceOf, type Finding } from './evidence.ts';
import { judgeBaselines } from './judge-baselines.ts';
import { judgeChampion, type JudgedChampion, type Opponent } from './judge-champion.ts';
import type { LeakageSearch } from './leakage/find-leakage.ts';
import { judgeLeakage } from './leakage/judge-leakage.ts';
import { judgeFairness } from './judge-fairness.ts';
import { judgeLimits } from './limits.ts';
import { measureAll, metricsOf, primaryMetric } from './measure.ts';
import { overridden } from './overrides.ts';
import { judgeRobustness } from './robustness/judge-robustness.ts';
import type { CorruptedSet } from './robustness/score-corrupted.ts';
import type { ScoredRows } from './scored-rows.ts';
import { judgeSeeds, type SeedsToJudge } from './seeds/judge-seeds.ts';
import type { SeededModel } from './seeds/score-seeds.ts';
import { judgeSize, type ModelSize } from './size-limit.ts';
import { judgeValidity } from './validity.ts';

/** Raised when the same rows and request would be judged otherwise: the version of the step kind, recorded with every evaluation. */
export const gateRules = 3;

export interface JudgeRequest {
  readonly settings: Pick<EvaluateSettings, 'model' | 'evaluate' | 'gate'>;
  readonly signature: Signature;
  /** Digest of the model file, for what a person lets through. */
  readonly artifact?: Digest;
  /** Size of the model file. */
  readonly bytes: number;
  /** Of the champion's; absent where the gate does not ask, null when it is not known. */
  readonly championBytes?: number | null;
  /** Whether it is known which rows the candidate was trained on. */
  readonly trainedOnKnown: boolean;
  /** Whether rows have ids of their own. */
  readonly hasIds: boolean;
  readonly opponent: Opponent;
  /** Names of the baselines among the predictions. Default: none. */
  readonly baselines?: readonly string[];
  /** What was found in rows and inputs; absent when it was not looked for. */
  readonly leakage?: LeakageSearch;
  readonly discovered?: DiscoveredSlices | null;
  readonly corrupted?: readonly CorruptedSet[];
  readonly behaviour?: readonly BehaviourResult[];
  /** Metrics of the project over all predictions; absent when there are none. */
  readonly whole?: readonly WholeMetric[];
  /** Models of other seeds than the candidate's; absent when there are none. */
  readonly seeds?: readonly SeededModel[];
  readonly seed: number;
  readonly replicates: number;
}

/** What the gate measured and what it says of it. */
export interface JudgedModel extends Omit<JudgedChampion, 'metrics' | 'findings'> {
  readonly metrics: readonly Metric[];
  readonly championMetrics: readonly Metric[];
  readonly slices: readonly SliceMetrics[];
  readonly curves: readonly Curve[];
  readonly baselines: readonly BaselineMetrics[];
  readonly seeds: readonly SeedSpread[];
  readonly evidence: readonly Evidence[];
  /** The worst verdict of the evidence that blocks. */
  readonly verdict: Verdict;
}

/** The gate of a model, as a pure function of rows and settings: the same arguments give the same verdict on any machine. */
export function judgeModel(scored: ScoredRows, request: JudgeRequest): JudgedModel {
  const { settings, opponent } = request;
  const options = { confidence: settings.gate.confidence, seed: request.seed, replicates: request.replicates };
  const validity = [...judgeValidity(scored, request), ...(request.leakage === undefined ? [] : judgeLeakage(request.leakage))];
  const isValid = worstVerdict(validity.filter(isBlocking).map(({ verdict }) => verdict)) !== 'invalid';
  const metrics = isValid ? measureAll(metricsOf(settings), scored.candidate, options) : [];
  const baselines = isValid ? judgeBaselines(scored, { ...options, settings }) : null;
  const champion = isValid ? judgeChampion(scored, opponent, { ...options, settings }) : null;
  const seeds = isValid ? judgeSeeds(scored, seedsToJudge(request, champion)) : null;
  const measured = [
    ...validity,
    ...judgeSize(sizeOf(request), settings.gate.size),
    ...(isValid ? [...judgeLimits(settings, metrics), ...withoutLimits(request, metrics)] : []),
    ...(baselines?.findings ?? []),
    ...(champion?.findings ?? []),
    ...(seeds?.findings ?? []),
    ...(isValid ? [...judgeFairness(scored, { ...options, settings }), ...judgeFurther(scored, request, options)] : []),
  ];
  const { overrides = [] } = settings.gate;
  const { artifact } = request;
  const findings = artifact === undefined ? measured : measured.map((finding) => overridden(finding, overrides, artifact));
  return {
    metrics,
    championMetrics: champion?.metrics ?? [],
    slices: isValid ? measureSlices(scored, settings, options) : [],
    curves: isValid ? curvesOf(scored.candidate) : [],
    baselines: baselines?.baselines ?? [],
    seeds: seeds?.spreads ?? [],
    comparisons: champion?.comparisons ?? [],
    sliceComparisons: champion?.sliceComparisons ?? [],
    evidence: findings.map((finding) => evidenceOf(settings.model, finding)),
    verdict: worstVerdict(findings.filter(isBlocking).map(({ verdict }) => verdict)),
  };
}

/** Slices that nobody named, spoiled inputs, behaviour. */
function judgeFurther(
  scored: ScoredRows,
  { settings, discovered, corrupted, behaviour }: JudgeRequest,
  options: MeasureOptions,
): readonly Finding[] {
  const most = settings.gate.behaviour?.mostFailures ?? 0;
  return [
    ...(discovered === undefined || discovered === null ? [] : judgeDiscovered(discovered)),
    ...judgeRobustness(scored, corrupted ?? [], { ...options, settings }),
    ...judgeBehaviour(behaviour ?? [], { most, confidence: options.confidence }),
  ];
}

function seedsToJudge(request: JudgeRequest, champion: JudgedChampion | null): SeedsToJudge {
  const { settings, seeds = [], artifact } = request;
  return { settings, models: seeds, artifact: artifact ?? null, comparisons: champion?.comparisons ?? [] };
}

function sizeOf({ bytes, championBytes = null, opponent }: JudgeRequest): ModelSize {
  return { bytes, championBytes, hasChampion: opponent.kind !== 'none' };
}

function isBlocking({ blocking = true }: Finding): boolean {
  return blocking;
}

function measureSlices(
  { candidate, slices }: ScoredRows,
  settings: Pick<EvaluateSettings, 'evaluate' | 'gate'>,
  options: MeasureOptions,
): readonly SliceMetrics[] {
  return slices.map(({ column, value, rows }) => {
    const sample: Sample = takeRows(candidate, rows);
    return { column, value, rows: rows.length, metrics: measureAll(metricsOf(settings), sample, options) };
  });
}

/** With neither a champion nor a limit nothing says what is good enough: a limit is proposed, the gate stays open. */
function withoutLimits({ settings, opponent }: JudgeRequest, metrics: readonly Metric[]): readonly Finding[] {
  const { min, max } = settings.gate;
  if (opponent.kind !== 'none' || Object.keys(min).length + Object.keys(max).length > 0) return [];
  const primary = primaryMetric(settings);
  const measured = metrics.find((metric) => metric.name === primary.name);
  const bound = primary.higherIsBetter ? measured?.low : measured?.high;
  const reached = measured === undefined ? '' : `; ${primary.name} is ${figure(measured.value)}`;
  const proposal =
    bound === undefined || bound === null
      ? `add a limit under "gate:" of models.${settings.model}`
      : `add to models.${settings.model}: gate: { ${primary.higherIsBetter ? 'min' : 'max'}: { ${primary.name}: ${roundedOutward(bound, primary.higherIsBetter)} } }`;
  return [
    {
      kind: 'limit',
      name: 'limits',
      verdict: 'inconclusive',
      reason: `There is neither a champion nor a limit, so nothing says what is good enough${reached}: ${proposal}`,
      details: { metric: primary.name, side: primary.higherIsBetter ? 'min' : 'max', proposed: bound ?? null },
    },
  ];
}

/** Three significant digits, on the side that this model's own bound keeps. */
function roundedOutward(bound: number, down: boolean): number {
  if (bound === 0) return 0;
  const step = 10 ** (Math.floor(Math.log10(Math.abs(bound))) - 2);
  const rounded = (down ? Math.floor(bound / step) : Math.ceil(bound / step)) * step;
  return Number(rounded.toPrecision(3));
}
