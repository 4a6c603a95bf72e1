import type { Evidence } from '@tidegate/formats';
import { overrideOf } from './details.ts';

/** What pages tell of a model by topics, in this order. */
export const topics = [
  'validity',
  'gate',
  'slices',
  'discovered',
  'calibration',
  'fairness',
  'robustness',
  'behaviour',
  'baselines',
  'leakage',
  'explanation',
  'cost',
  'seeds',
  'safety',
  'smoke',
  'tests',
] as const;

export type Topic = (typeof topics)[number];

/** Evidence about a model and its services, by topic. */
export type ModelEvidence = Readonly<Record<Topic, readonly Evidence[]>>;

/** By how names of evidence begin; the first that fits. */
const beginnings: readonly (readonly [RegExp, Topic])[] = [
  [/^validity\./, 'validity'],
  [/^discovered(\.|$)/, 'discovered'],
  [/^slice\./, 'slices'],
  [/^calibration\./, 'calibration'],
  [/^fairness(-growth)?\./, 'fairness'],
  [/^robustness\./, 'robustness'],
  [/^behaviour\./, 'behaviour'],
  [/^baseline\./, 'baselines'],
  [/^leakage\./, 'leakage'],
  [/^explanation$/, 'explanation'],
  [/^(latency|cold-start|memory|size)(\.|$)/, 'cost'],
  [/^seeds?(\.|$)/, 'seeds'],
  [/^smoke(\.|$)/, 'smoke'],
];

/** What of a kind is no other topic. */
const rest: Partial<Record<Evidence['kind'], Topic>> = { safety: 'safety', test: 'tests', leakage: 'leakage', behaviour: 'behaviour' };

export function topicOf({ name, kind }: Pick<Evidence, 'name' | 'kind'>): Topic {
  return beginnings.find(([form]) => form.test(name))?.[1] ?? rest[kind] ?? 'gate';
}

export function modelEvidence(evidence: readonly Evidence[]): ModelEvidence {
  const of = (topic: Topic): readonly Evidence[] => evidence.filter((one) => topicOf(one) === topic);
  return {
    validity: of('validity'),
    gate: of('gate'),
    slices: of('slices'),
    discovered: of('discovered'),
    calibration: of('calibration'),
    fairness: of('fairness'),
    robustness: of('robustness'),
    behaviour: of('behaviour'),
    baselines: of('baselines'),
    leakage: of('leakage'),
    explanation: of('explanation'),
    cost: of('cost'),
    seeds: of('seeds'),
    safety: of('safety'),
    smoke: of('smoke'),
    tests: of('tests'),
  };
}

/** Evidence that would stop the model and does not, because a person said so. */
export interface LetThrough {
  readonly evidence: Evidence;
  readonly person: string;
  readonly reason: string;
}

export function letThrough(evidence: readonly Evidence[]): readonly LetThrough[] {
  return evidence.flatMap((one) => {
    const override = overrideOf(one);
    return override === null ? [] : [{ evidence: one, ...override }];
  });
}

/** Discovered slices are named by their conditions. */
export function sliceOf({ name }: Pick<Evidence, 'name'>): string {
  return name.replace(/^discovered\./, '');
}

/** `missing` of `robustness.missing`. */
export function lastPart({ name }: Pick<Evidence, 'name'>): string {
  return name.slice(name.indexOf('.') + 1);
}
