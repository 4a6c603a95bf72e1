import type { JudgedModel } from '@tidegate/core';
import type { Evaluation, Metric } from '@tidegate/formats';
import { bytes, measured, whole } from '../render/figures.ts';
import { counted } from '../render/words.ts';
import { signed, withInterval } from '../report/model/figures.ts';
import { code, folded, Markdown, md, type Piece, table } from './markdown.ts';
import { modelLines } from './model-lines.ts';
import { byWeight } from './verdict-sentence.ts';

/** A model against its champion: metrics with intervals, what its file and its service weigh, what else was found, the slices that moved. */
export function modelPart(judged: JudgedModel): Markdown {
  const { model, evaluation, isLive, bytes: size, championBytes, latencyP99Ms, championLatencyP99Ms } = judged;
  const { champion, rows, rowsExcluded } = evaluation;
  const opponent =
    champion === null ? 'no champion to compare with' : md`against the model of release ${code(champion.release.slice(7, 19))}`;
  const against = isLive ? md`the same file as the model that is live; ${opponent}` : opponent;
  const excluded = rowsExcluded === 0 ? '' : `; ${whole(rowsExcluded)} left out, on which the champion was trained`;
  const figures = [
    ...evaluation.metrics.map((metric) => metricRow(evaluation, metric)),
    ...(size === null ? [] : [['size of the model', championBytes === null ? '' : bytes(championBytes), bytes(size), '', '']]),
    ...(latencyP99Ms === null ? [] : [['p99 latency of the trial', inMs(championLatencyP99Ms), inMs(latencyP99Ms), '', '']]),
  ];
  const parts = [
    md`### Model ${code(model)}: ${evaluation.verdict}`,
    md`${whole(rows)} rows of the test set, ${against}${excluded}.`,
    table(['', 'Champion', 'Candidate', 'Difference', 'Verdict'], figures),
    modelLines(judged),
    slicesPart(evaluation),
  ];
  return new Markdown(parts.flatMap((part) => (part === null ? [] : [part.text])).join('\n\n'));
}

function inMs(value: number | null): string {
  return value === null ? '' : `${measured(value)} ms`;
}

function metricRow({ champion, comparisons }: Evaluation, metric: Metric): readonly Piece[] {
  const before = champion?.metrics.find(({ name }) => name === metric.name);
  const compared = comparisons.find((one) => one.metric === metric.name);
  return [
    code(metric.name),
    before === undefined ? '' : withInterval(before),
    withInterval(metric),
    compared === undefined
      ? ''
      : `${signed(compared.difference)} (${signed(compared.low)} to ${signed(compared.high)}), margin ${measured(compared.margin)}`,
    compared === undefined ? '' : compared.verdict,
  ];
}

/** Slices in which the difference is not nothing by its interval, or that do not pass; the others are folded. */
function slicesPart({ sliceComparisons }: Evaluation): Markdown | null {
  const hasMoved = (one: Evaluation['sliceComparisons'][number]): boolean => one.verdict !== 'pass' || one.low > 0 || one.high < 0;
  const head = ['Slice', 'Rows', 'Champion', 'Candidate', 'Difference', 'Verdict'];
  const rowsOf = (some: Evaluation['sliceComparisons']): readonly (readonly Piece[])[] =>
    some.map(({ column, value, rows, champion, candidate, difference, low, high, verdict }) => [
      code(`${column} = ${value}`),
      whole(rows),
      measured(champion),
      measured(candidate),
      `${signed(difference)} (${signed(low)} to ${signed(high)})`,
      verdict,
    ]);
  const moved = sliceComparisons.filter(hasMoved).toSorted((a, b) => byWeight(a, b) || a.difference - b.difference);
  const still = sliceComparisons.filter((one) => !hasMoved(one));
  const [shown, hidden] = [table(head, rowsOf(moved), 30), table(head, rowsOf(still), 30)];
  const parts = [
    ...(shown === null ? [] : [`**Slices that moved** in ${moved[0]?.metric ?? ''}\n\n${shown.text}`]),
    ...(hidden === null ? [] : [folded(`${counted(still.length, 'slice')} did not move`, hidden).text]),
  ];
  return parts.length === 0 ? null : new Markdown(parts.join('\n\n'));
}
