import type { ComparedModels, LiveModel, ModelFacts } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { cardSections, metricWords } from '../card/card-sections.ts';
import { measuredSections } from '../card/measured-sections.ts';
import { moment } from './figures.ts';
import { table } from './table.ts';
import { harmless, type Terminal } from './terminal.ts';

type Styled = Pick<Terminal, 'style'>;

/** What is known of a model version, with everything that was measured of it. */
export function modelLines(facts: ModelFacts, { style }: Styled): readonly string[] {
  const sections = cardSections(facts).flatMap(({ title, rows }) => {
    const known = rows.filter(([, value]) => value !== null);
    return known.length === 0
      ? []
      : [
          style('bold', title),
          ...table(
            known.map(([name, value]) => [name, harmless(value ?? '')]),
            { indent: '  ' },
          ),
        ];
  });
  const measured = measuredSections(facts).flatMap(({ title, rows }) =>
    rows.length === 0
      ? []
      : [
          style('bold', title),
          ...table(
            rows.map((row) => row.map(harmless)),
            { indent: '  ' },
          ),
        ],
  );
  return [...sections, ...measured];
}

/** Two model versions side by side. */
export function comparedModelLines(compared: ComparedModels, { style }: Styled): readonly string[] {
  const { before, after, metrics, differences, sameTestSet } = compared;
  const head = ['', style('bold', shortDigest(before)), style('bold', shortDigest(after)), ''];
  const rows = metrics.map(({ metric, before: was, after: is, higherIsBetter }) => {
    const change =
      was === null || is === null || was.value === is.value || !sameTestSet
        ? ''
        : is.value > was.value === higherIsBetter
          ? 'better'
          : 'worse';
    return [metric, was === null ? 'none' : metricWords(was), is === null ? 'none' : metricWords(is), change];
  });
  const different = differences.map(({ what, before: was, after: is }) => [what, shortened(was), shortened(is)]);
  return [
    ...table([head, ...rows], { indent: '  ' }),
    ...(sameTestSet
      ? []
      : [style('yellow', 'Measured on other rows each: the metrics do not compare. The gate compares on the same rows.')]),
    ...(different.length === 0 ? ['Both are made of the same.'] : [style('bold', 'What differs'), ...table(different, { indent: '  ' })]),
  ];
}

function shortened(value: string | null): string {
  if (value === null) return 'none';
  const digits = /^sha256:[0-9a-f]{64}$/.test(value) ? value.slice('sha256:'.length, 'sha256:'.length + 12) : value;
  return harmless(digits.length > 60 ? `${digits.slice(0, 59)}…` : digits);
}

/** Which models were live. */
export function liveModelLines(live: readonly LiveModel[], at: string): readonly string[] {
  if (live.length === 0) return [`No model was live ${at}.`];
  return table(
    live.map(({ environment, service, model, version, since, until }) => [
      environment,
      service,
      model,
      shortDigest(version),
      `since ${moment(since)}`,
      until === null ? '' : `until ${moment(until)}`,
    ]),
  );
}
