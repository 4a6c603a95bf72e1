import { type DatasetAnomalies, measureFigure } from '@tidegate/core';
import { type FineNote, type JudgedMeasure, shortDigest } from '@tidegate/formats';
import { moment } from './figures.ts';
import { table } from './table.ts';
import { harmless, type Terminal } from './terminal.ts';
import { counted, verdictMark, verdictStyle } from './words.ts';

type Styled = Pick<Terminal, 'style'>;

/** What looks unusual about a version: a line for each measure with its past, then what cannot be seen, and what was said of versions. */
export function anomalyLines({ report, notes }: DatasetAnomalies, terminal: Styled): readonly string[] {
  const { dataset, version, at, versions, falseAlarms, measures, unseen } = report;
  const { style } = terminal;
  const failed = measures.filter(({ verdict }) => verdict === 'fail');
  const rate = `${Number((falseAlarms * 100).toPrecision(2))} %`;
  return [
    `${style('bold', `data.${dataset}`)} ${shortDigest(version)}, ${moment(at)}: ${counted(measures.length, 'measure')} judged by ${counted(versions, 'version')} before it, a false alarm in ${rate} of versions at most`,
    ...table([['', 'measure', 'past', 'value', 'expected', 'from', 'to'], ...measures.map((one) => cellsOf(one, terminal))], {
      right: [3, 4, 5, 6],
      indent: '  ',
    }),
    ...failed.map(({ reason }) => `  ${style(verdictStyle.fail, verdictMark.fail)} ${harmless(reason)}`),
    ...unseen.map((one) => `  ${style('dim', harmless(one))}`),
    ...notes.map((note) => `  ${noteWords(note)}`),
  ];
}

function cellsOf({ name, sort, verdict, value, expected, low, high, past }: JudgedMeasure, { style }: Styled): readonly string[] {
  const cell = (limit: number | null): string => (limit === null ? '' : measureFigure(sort, limit));
  return [
    style(verdictStyle[verdict], verdictMark[verdict]),
    harmless(name),
    sparkline([...past.map((one) => one.value), value]),
    measureFigure(sort, value),
    cell(expected),
    cell(low),
    cell(high),
  ];
}

/** At most so many values are drawn, the newest. */
const widest = 24;

/** A column of text for each value, the lowest one the lowest. */
function sparkline(values: readonly number[]): string {
  const shown = values.slice(-widest);
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  const heights = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
  return shown.map((value) => heights[high === low ? 3 : Math.min(7, Math.floor(((value - low) / (high - low)) * 8))] ?? '').join('');
}

/** What somebody said of a version. */
export function noteWords({ version, measure, isFine, reason, by, at }: FineNote): string {
  const what = measure === null ? 'all of it' : harmless(measure);
  const who = by === null ? '' : ` by ${harmless(by.name)}`;
  const said = isFine ? `${what} is fine` : `no longer said to be fine: ${what}`;
  return `${shortDigest(version)}: ${said}${reason === null ? '' : ` (${harmless(reason)})`}, ${moment(at)}${who}`;
}
