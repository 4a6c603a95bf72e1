import type { ModelFacts } from '@tidegate/core';
import type { ErrorAnalysis, Evidence } from '@tidegate/formats';
import { detailsShapes, readDetails } from '../model-evidence/details.ts';
import { lastPart, letThrough, modelEvidence, sliceOf, type Topic } from '../model-evidence/model-evidence.ts';
import { measured, whole } from '../render/figures.ts';
import { servingLines } from '../report/model/cost-part.ts';
import { signedInterval, withInterval } from '../report/model/figures.ts';
import { baselineWords } from '../report/model/metric-part.ts';
import { metricWords } from './card-sections.ts';

/** Something that was measured, as a table; without rows nothing in evidence says it. */
export interface MeasuredSection {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Everything that was measured of a model, section by section, each from evidence alone. Rows of data are in none: a card is given away. */
export function measuredSections(facts: ModelFacts): readonly MeasuredSection[] {
  const found = modelEvidence(facts.evidence);
  const told = (topic: Topic): readonly (readonly string[])[] => found[topic].map(sentence);
  const sentences = ['check', 'verdict', 'why'];
  return [
    metrics(facts),
    baselines(facts),
    slices(facts),
    { title: 'Slices that nobody named', ...discovered(found.discovered) },
    { title: 'Calibration', head: sentences, rows: told('calibration') },
    { title: 'Fairness', ...fairness(found.fairness) },
    { title: 'Robustness', ...robustness(found.robustness) },
    { title: 'Behaviour', ...behaviour(found.behaviour) },
    importance(facts),
    errors(facts),
    { title: 'Leakage', head: sentences, rows: told('leakage') },
    seeds(facts),
    cost(facts),
    { title: 'Limits on what serving costs', head: sentences, rows: told('cost') },
    {
      title: 'Let through by a person',
      head: ['check', 'verdict', 'person', 'reason'],
      rows: letThrough(facts.evidence).map(({ evidence, person, reason }) => [evidence.name, evidence.verdict, person, reason]),
    },
  ];
}

function sentence({ name, verdict, reason }: Evidence): readonly string[] {
  return [name, verdict, reason];
}

function metrics({ evaluation }: ModelFacts): MeasuredSection {
  const rows = (evaluation?.metrics ?? []).map((metric) => [
    metric.name,
    metricWords(metric),
    metric.higherIsBetter ? 'higher' : 'lower',
    metric.method,
    whole(metric.rows),
  ]);
  return { title: 'Metrics', head: ['metric', 'value', 'better is', 'method', 'rows'], rows };
}

function baselines({ evaluation }: ModelFacts): MeasuredSection {
  const rows = (evaluation?.baselines ?? []).map(({ name, comparison }) => [
    baselineWords(name),
    comparison?.metric ?? '',
    comparison === null ? 'not computed' : signedInterval({ ...comparison, value: comparison.difference }),
  ]);
  return { title: 'Baselines', head: ['against', 'metric', 'the model is better by'], rows };
}

function slices({ evaluation }: ModelFacts): MeasuredSection {
  const rows = (evaluation?.slices ?? []).flatMap(({ column, value, rows: count, metrics: own }) =>
    own.slice(0, 1).map((metric) => [`${column} = ${value}`, whole(count), metric.name, metricWords(metric)]),
  );
  return { title: 'Slices', head: ['slice', 'rows', 'metric', 'value'], rows };
}

type Table = Omit<MeasuredSection, 'title'>;

function discovered(evidence: readonly Evidence[]): Table {
  const rows = evidence.map((one) => {
    const details = readDetails(detailsShapes.discovered, one);
    return details === null
      ? ['none', '', one.reason]
      : [sliceOf(one), whole(details.rows), `${lossWords(details)}, ${measured(details.effect)} standard deviations`];
  });
  return { head: ['where', 'rows', 'loss'], rows };
}

function lossWords({ mean, other, against }: { readonly mean: number; readonly other: number; readonly against: string }): string {
  return against === 'champion' ? `${measured(mean)} more than the champion` : `${measured(mean)} against ${measured(other)} elsewhere`;
}

function fairness(evidence: readonly Evidence[]): Table {
  const rows = evidence.map((one) => {
    const gap = readDetails(detailsShapes.gap, one);
    if (gap !== null) return [`${gap.measure} by ${gap.column}`, one.verdict, `gap ${withInterval(gap.gap)}, at most ${measured(gap.max)}`];
    const growth = readDetails(detailsShapes.growth, one);
    if (growth === null) return sentence(one);
    const { measure, column, candidate, champion, margin } = growth;
    return [
      `${measure} by ${column}, growth`,
      one.verdict,
      `gap ${measured(candidate)}, champion ${measured(champion)}, margin ${measured(margin)}`,
    ];
  });
  return { head: ['measure', 'verdict', 'gap between groups'], rows };
}

function robustness(evidence: readonly Evidence[]): Table {
  const rows = evidence.map((one) => {
    const details = readDetails(detailsShapes.comparison, one);
    if (details === null) return [lastPart(one), one.verdict, one.reason];
    const { metric, candidate, difference, low, high } = details;
    return [lastPart(one), one.verdict, `${metric} ${measured(candidate)}, difference ${signedInterval({ value: difference, low, high })}`];
  });
  return { head: ['inputs spoiled by', 'verdict', 'what it does'], rows };
}

function behaviour(evidence: readonly Evidence[]): Table {
  const rows = evidence.map((one) => {
    const details = readDetails(detailsShapes.behaviour, one);
    if (details === null) return [lastPart(one), one.verdict, one.reason];
    const { suite, name, failures, cases, champion } = details;
    const flips = champion === undefined ? '' : `, ${whole(champion.onlyCandidate)} new, ${whole(champion.onlyChampion)} fixed`;
    return [`${suite}: ${name}`, one.verdict, `${whole(failures)} of ${whole(cases)}${flips}`];
  });
  return { head: ['test', 'verdict', 'failures'], rows };
}

/** Inputs that are named. */
const mostInputs = 20;

function importance({ evaluation }: ModelFacts): MeasuredSection {
  const { importances = [], together = [], metric = 'the metric' } = evaluation?.explanation ?? {};
  const rows = [
    ...importances.slice(0, mostInputs).map((one) => [one.input, withInterval(one)]),
    ...together.map((one) => [one.inputs.join(' and '), `${withInterval(one)}, as one`]),
  ];
  return { title: 'What moves the predictions', head: ['input shuffled', `${metric} is worse by`], rows };
}

/** Confusions that are named, the most frequent first. */
const mostConfusions = 10;

function confusions(confusion: ErrorAnalysis['confusion']): readonly (readonly string[])[] {
  const { classes = [], counts = [] } = confusion ?? {};
  return counts
    .flatMap((line, label) => line.map((count, said) => ({ count, label, said })))
    .filter(({ count, label, said }) => count > 0 && label !== said)
    .toSorted((a, b) => b.count - a.count)
    .slice(0, mostConfusions)
    .map(({ count, label, said }) => [`${classes[label] ?? ''} taken for ${classes[said] ?? ''}`, whole(count)]);
}

function errors({ evaluation }: ModelFacts): MeasuredSection {
  const found = evaluation?.errors;
  if (found === undefined) return { title: 'Errors', head: ['', ''], rows: [] };
  const { rows, errors: count, against, gathered, confusion } = found;
  return {
    title: 'Errors',
    head: ['among', 'errors'],
    rows: [
      ['all rows', `${whole(count)} of ${whole(rows)}`],
      ...(against === null
        ? []
        : [
            ['new beside the champion', whole(against.new)],
            ['fixed beside the champion', whole(against.fixed)],
          ]),
      ...confusions(confusion),
      ...gathered.map((one) => [one.slice, `${whole(one.errors)} of ${whole(one.rows)}, ${measured(one.lift)} times as often`]),
    ],
  };
}

function seeds({ evaluation, evidence }: ModelFacts): MeasuredSection {
  const spreads = (evaluation?.seeds ?? []).map(({ metric, mean, sd, min, max, values }) => [
    metric,
    String(values.length),
    `${measured(mean)}, standard deviation ${measured(sd)}, ${measured(min)} to ${measured(max)}`,
  ]);
  const others = modelEvidence(evidence).seeds.filter(({ verdict }) => spreads.length === 0 || verdict !== 'pass');
  return {
    title: 'Training with other seeds',
    head: ['metric', 'seeds', 'mean and spread'],
    rows: [...spreads, ...others.map(({ name, verdict, reason }) => [name, verdict, reason])],
  };
}

function cost({ costs }: ModelFacts): MeasuredSection {
  const rows = costs.flatMap(({ service, cost: { candidate, machine } }) => [
    ...servingLines(candidate).map(({ name, value }) => [`${service}: ${name}`, value]),
    [`${service}: machine`, machine],
  ]);
  return { title: 'What serving costs', head: ['', ''], rows };
}
