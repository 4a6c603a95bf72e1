import type { DataDrift, DriftedColumn, DriftSample, DriftSince } from '@tidegate/formats';
import { shortDigest } from '@tidegate/formats';
import { beyondSentences } from './beyond-columns-view.ts';
import { measured, moment, whole } from './figures.ts';
import { harmless, type Terminal } from './terminal.ts';
import { verdictMark, verdictStyle } from './words.ts';

/** What drift was found, for a person: what moved first, then what cannot be judged, then what is as it was. */
export function driftLines(drift: DataDrift, { style }: Pick<Terminal, 'style'>): readonly string[] {
  const { dataset, before, after, verdict, reason, seasons, columns, leftOut } = drift;
  return [
    `${style('bold', `data.${dataset}`)}: ${sampleWords(after)} against ${sampleWords(before)}`,
    `${style(verdictStyle[verdict], `${verdictMark[verdict]} ${verdict}`)}: ${harmless(reason)}`,
    ...seasons.map((sentence) => `  ${sentence}`),
    ...columns.flatMap((column) => [
      `  ${style(verdictStyle[column.verdict], verdictMark[column.verdict])} ${harmless(column.reason)}`,
      ...(column.since === null ? [] : [style('dim', `      ${sinceWords(column.since)}`)]),
      ...(column.measures === null || column.verdict === 'pass' ? [] : [style('dim', `      ${measureWords(column)}`)]),
    ]),
    ...beyondSentences(drift).map(({ verdict: own, text }) =>
      own === null ? style('dim', `  - ${harmless(text)}`) : `  ${style(verdictStyle[own], verdictMark[own])} ${harmless(text)}`,
    ),
    ...leftOut.map(({ column, reason: why }) => style('dim', `  - ${harmless(column)} is not compared: ${harmless(why)}`)),
  ];
}

/** `version 1a2b (5,000 rows, 2013-08-01 to 2013-09-01)` */
export function sampleWords({ name, rows, from, until }: DriftSample): string {
  const days = from === null || until === null ? '' : `, ${moment(from)} to ${moment(until)}`;
  return `${harmless(name)} (${whole(rows)} ${rows === 1 ? 'row' : 'rows'}${days})`;
}

export function sinceWords({ version, at, looked, isFirst }: DriftSince): string {
  const name = version === null ? 'these rows' : `version ${shortDigest(version)}`;
  const when = at === null ? '' : `, first used ${moment(at)}`;
  const seen = looked === 0 ? 'no version lies between' : `${looked} ${looked === 1 ? 'version' : 'versions'} between looked at`;
  return `Since ${isFirst ? '' : 'at least '}${name}${when} (${seen})`;
}

/** The measures that people know; they decide nothing. */
export function measureWords({ measures }: DriftedColumn): string {
  if (measures === null) return '';
  const named = (name: string, value: number | null | undefined): readonly string[] =>
    value === null || value === undefined ? [] : [`${name} ${measured(value)}`];
  const between = (name: string, { least, most }: { readonly least: number; readonly most: number }): string =>
    `${name} ${measured(least)} to ${measured(most)}`;
  switch (measures.of) {
    case 'numbers':
      return [
        ...named('KS', measures.kolmogorovSmirnov?.statistic),
        ...named('Wasserstein', measures.wasserstein),
        ...named('energy', measures.energy),
        ...named('Cramér-von Mises', measures.cramerVonMises?.statistic),
        ...named('Anderson-Darling', measures.andersonDarling),
      ].join(', ');
    case 'binned numbers':
      return (
        [between('KS', measures.kolmogorovSmirnov), between('Wasserstein', measures.wasserstein), between('energy', measures.energy)].join(
          ', ',
        ) + `, bounds from ${measures.bins} bins`
      );
    case 'listed classes':
      return `${between('total variation', measures.totalVariation)}, bounds from ${measures.listed} ${measures.listed === 1 ? 'value' : 'values'} of which rows are counted`;
    case 'classes':
      return [
        ...named('total variation', measures.totalVariation),
        ...named('Jensen-Shannon', measures.jensenShannon),
        ...named('Hellinger', measures.hellinger),
        ...named('PSI', measures.psi),
        ...named('chi-square', measures.chiSquare.statistic),
      ].join(', ');
  }
}
