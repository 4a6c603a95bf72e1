import { findMetric, isCustomMetric, type MetricName, type Verdict } from '@tidegate/formats';
import {
  gapDifference,
  gapEstimate,
  type GapMeasure,
  type Groups,
  groupValues,
  judgeNonInferiority,
  type MeasureOptions,
  rowCount,
  type Sample,
  takeRows,
} from '@tidegate/runtime';
import type { FairnessConfig } from '../config/index.ts';
import { count, figure, percent, signed } from '../evidence/index.ts';
import type { EvaluateSettings } from './evaluate-settings.ts';
import type { Finding } from './evidence.ts';
import type { ScoredRows } from './scored-rows.ts';

type FairnessOptions = MeasureOptions & { readonly settings: Pick<EvaluateSettings, 'gate'> };

/** Whether groups lie further apart than with the champion, and within the limit that the gate sets; nothing when it does not ask. */
export function judgeFairness(scored: ScoredRows, { settings, ...options }: FairnessOptions): readonly Finding[] {
  const { fairness, baseline } = settings.gate;
  if (fairness === undefined) return [];
  const isCompared = scored.champion !== null && scored.comparable.length > 0 && baseline?.fairness !== 'skip';
  return fairness.by.flatMap((column) =>
    fairness.measures.flatMap((measure) => {
      const question = { column, measure, fairness };
      const limit = fairness.max === null ? [] : [judgeLimit(scored, { ...question, max: fairness.max }, options)];
      return [...limit, ...(isCompared ? [judgeGrowth(scored, question, options)] : [])];
    }),
  );
}

interface Question {
  readonly column: string;
  readonly measure: string;
  readonly fairness: FairnessConfig;
}

function judgeLimit(scored: ScoredRows, { max, ...question }: Question & { readonly max: number }, options: MeasureOptions): Finding {
  const { column, measure, fairness } = question;
  const finding = { kind: 'limit' as const, name: `fairness.${measure}.${column}` };
  const rows = Int32Array.from({ length: rowCount(scored.candidate) }, (_, row) => row);
  const { groups, names, told } = groupsOf(scored, rows, question);
  const gap =
    names.length < 2 || !isAsked(measure, scored.candidate) ? null : gapEstimate(nameOf(measure), scored.candidate, { ...options, groups });
  if (gap === null || gap.low === null || gap.high === null)
    return { ...finding, verdict: 'inconclusive', reason: cannot(question, names, scored.candidate) };
  const verdict: Verdict = gap.high <= max ? 'pass' : gap.low > max ? 'fail' : 'inconclusive';
  const values = groupValues(nameOf(measure), scored.candidate, groups);
  return {
    ...finding,
    verdict,
    reason: `${measure} by ${column} differs by ${figure(gap.value)} between groups (${figure(gap.low)} to ${figure(gap.high)} at ${percent(options.confidence)} each side) and at most ${figure(max)} is asked${told}`,
    details: {
      measure,
      column,
      gap,
      max,
      minRows: fairness.minRows,
      groups: names.map((name, group) => ({ name, values: values[group] ?? [] })),
    },
  };
}

function judgeGrowth(scored: ScoredRows, question: Question, options: MeasureOptions): Finding {
  const { column, measure, fairness } = question;
  const finding = { kind: 'comparison' as const, name: `fairness-growth.${measure}.${column}` };
  const { comparable: rows, champion } = scored;
  const { groups, names, told } = groupsOf(scored, rows, question);
  const pair = { candidate: takeRows(scored.candidate, rows), champion: takeRows(champion ?? scored.candidate, rows) };
  const { margin } = fairness;
  const [before, now] = [pair.champion, pair.candidate].map((sample) => gapAlone(measure, sample, { ...options, groups }));
  const difference =
    names.length < 2 || !isAsked(measure, pair.candidate) ? null : gapDifference(nameOf(measure), pair, { ...options, margin, groups });
  if (difference === null || before === null || now === null || before === undefined || now === undefined)
    return { ...finding, verdict: 'inconclusive', reason: cannot(question, names, pair.candidate) };
  const isUnchanged = difference.value === 0 && difference.standardError === 0;
  const verdict = isUnchanged
    ? 'pass'
    : judgeNonInferiority(difference, { confidence: options.confidence, margin, rows: rows.length }).verdict;
  return {
    ...finding,
    verdict,
    reason:
      `the gap in ${measure} by ${column} is ${figure(now)} against the champion's ${figure(before)}: it grew by ${signed(-difference.value)}, between ${signed(-difference.high)} and ${signed(-difference.low)} at ${percent(options.confidence)} each side, and ${figure(margin)} counts as none${told}`.replace(
        /^t/,
        'T',
      ),
    details: { measure, column, candidate: now, champion: before, margin, difference, groups: names },
  };
}

function gapAlone(measure: string, sample: Sample, options: MeasureOptions & { readonly groups: Groups }): number | null {
  if (options.groups.count < 2 || !isAsked(measure, sample)) return null;
  return gapEstimate(nameOf(measure), sample, { ...options, replicates: 1 })?.value ?? null;
}

/** Groups with enough rows, in the order of their size. */
function groupsOf(
  scored: ScoredRows,
  rows: Int32Array,
  { column, fairness }: Question,
): { readonly groups: Groups; readonly names: readonly string[]; readonly told: string } {
  const placeOf = new Map([...rows].map((row, place) => [row, place]));
  const own = scored.slices.filter((slice) => slice.column === column);
  const sized = own.map(({ value, rows: members }) => ({ value, places: [...members].flatMap((row) => placeOf.get(row) ?? []) }));
  const large = sized.filter(({ places }) => places.length >= fairness.minRows);
  const of = new Int32Array(rows.length).fill(-1);
  large.forEach(({ places }, group) => places.forEach((place) => (of[place] = group)));
  const small = sized.length - large.length;
  const told =
    small === 0 ? '' : `; ${count(small)} of ${count(sized.length)} groups have fewer than ${fairness.minRows} rows and do not count`;
  return { groups: { of, count: large.length }, names: large.map(({ value }) => value), told };
}

function cannot({ column, measure, fairness }: Question, names: readonly string[], sample: Sample): string {
  if (!isAsked(measure, sample)) return `${measure} is no measure of a model of the task ${sample.task}`;
  return names.length < 2
    ? `Groups by ${column} cannot be compared: ${names.length === 0 ? 'none has' : 'only one has'} ${fairness.minRows} rows or more`
    : `${measure} by ${column} cannot be computed: a group has no row that shows it`;
}

const decided = ['demographic_parity', 'equal_opportunity', 'equalised_odds'];

function isAsked(measure: string, { task }: Sample): boolean {
  return decided.includes(measure) ? task === 'binary' : (findMetric(measure)?.tasks.includes(task) ?? isCustomMetric(measure));
}

function nameOf(measure: string): GapMeasure {
  return measure as MetricName; // passed the check of the configuration
}
