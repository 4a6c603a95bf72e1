import { type ReplayedExample, type ReplayReport, shortDigest } from '@tidegate/formats';
import { measured, moment, whole } from './figures.ts';
import { table } from './table.ts';
import { harmless, type Terminal } from './terminal.ts';
import { counted, verdictMark, verdictStyle } from './words.ts';

/** Examples that are shown; `--json` and `--receipt` have more. */
const mostExamples = 3;

/** For how many rows of a log what was answered came out again, and what did not. */
export function replayLines(report: ReplayReport, { style }: Pick<Terminal, 'style'>): readonly string[] {
  const { rows, releases, features, examples, verdict, tolerance } = report;
  const span = [
    report.since === null ? '' : ` since ${moment(report.since)}`,
    report.until === null ? '' : ` until ${moment(report.until)}`,
  ];
  return [
    `${style('bold', `${report.service} in ${report.environment}`)}: ${counted(rows.logged, 'prediction')} logged${span.join('')}, by ${counted(releases.length, 'release')}.`,
    ...(rows.incomparable === 0
      ? []
      : [`  ${counted(rows.incomparable, 'row')} cannot be compared: the log has only hashes of what was sent, for it is personal.`]),
    `  ${style(verdictStyle[verdict], verdictMark[verdict])} ${counted(rows.compared, 'row')} compared: ${whole(rows.equal)} with the same prediction, ${whole(rows.close)} within ${tolerance}, ${whole(rows.differing)} different${rows.refused === 0 ? '' : `, ${whole(rows.refused)} that could not be scored`}.`,
    `  ${counted(rows.withOtherFeatures, 'row')} ${rows.withOtherFeatures === 1 ? 'has' : 'have'} features that are not the same.`,
    ...featureTable(features),
    ...(examples.length === 0 ? [] : ['  For example:', ...examples.slice(0, mostExamples).flatMap(exampleLines)]),
  ];
}

function featureTable(features: ReplayReport['features']): readonly string[] {
  const differing = features.filter(({ mismatch, missing, extra }) => mismatch + missing + extra > 0);
  if (features.length === 0) return [];
  if (differing.length === 0) return [`  ${counted(features.length, 'feature')} compared: each has the same values.`];
  const head = ['feature', 'mismatch', 'missing online', 'extra online', 'SMAPE'];
  const rows = differing.map(({ name, mismatch, missing, extra, smape }) => [
    name,
    whole(mismatch),
    whole(missing),
    whole(extra),
    smape === null ? '' : measured(smape),
  ]);
  const others = features.length - differing.length;
  return [
    ...table([head, ...rows], { right: [1, 2, 3, 4], indent: '    ' }),
    ...(others === 0 ? [] : [`    ${counted(others, 'feature')} with the same values.`]),
  ];
}

function exampleLines({ id, at, release, online, offline, features }: ReplayedExample): readonly string[] {
  return [
    `    ${id}, as of ${moment(at)}, release ${shortDigest(release)}: answered ${harmless(online ?? 'nothing')}, now ${harmless(offline ?? 'nothing')}`,
    ...features.map(
      (one) => `      ${one.name}: online ${harmless(one.online ?? 'nothing')}, from the datasets ${harmless(one.offline ?? 'nothing')}`,
    ),
  ];
}
