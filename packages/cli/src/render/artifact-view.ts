import type { ExplainedArtifact } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { originWords } from './explanation-view.ts';
import { bytes, duration, moment } from './figures.ts';
import { harmless, type Terminal } from './terminal.ts';
import { counted, valueWords } from './words.ts';

/** Of each sort so many are named. */
const most = 10;

/** Where an artifact comes from, and where it went. */
export function artifactLines(explained: ExplainedArtifact, { style }: Pick<Terminal, 'style'>): readonly string[] {
  const { digest, artifact, path, makings, madeFrom, readBy, runs, releases, deployments } = explained;
  const files = artifact.kind === 'tree' ? `, ${counted(artifact.files, 'file')}` : '';
  return [
    `${style('bold', shortDigest(digest))} ${bytes(artifact.bytes)}${files}${path === null ? '' : `, ${harmless(path)}${treeWords(explained)}`}`,
    ...limited(makings, ({ step, output, run, at, durationMs, from }, index) =>
      index === 0
        ? `  Made as ${step}/${output} in run ${run} at ${moment(at)}, in ${duration(durationMs)}${originWords(from)}`
        : `  Made again, to the same bytes, as ${step}/${output} in run ${run} at ${moment(at)}${originWords(from)}`,
    ),
    ...(madeFrom === null ? [] : ['  From:', ...fromLines(madeFrom)]),
    ...(readBy.length === 0 ? [] : [`  Read by ${listed(readBy)}`]),
    ...(runs.length === 0 ? [] : [`  In ${counted(runs.length, 'run')}: ${listed(runs)}`]),
    ...limited(releases, ({ release, service, madeAt }) => `  In release ${shortDigest(release)} of ${service}, made at ${moment(madeAt)}`),
    ...limited(deployments.toReversed(), ({ environment, action, at, isLive }) =>
      [`  ${environment}: ${action} at ${moment(at)}`, ...(isLive ? [style('green', 'live')] : [])].join(', '),
    ),
  ];
}

function treeWords({ inTree }: ExplainedArtifact): string {
  switch (inTree) {
    case 'other':
      return ' (the file there is another one now)';
    case 'absent':
      return ' (not there now)';
    default:
      return '';
  }
}

function fromLines({ settings, inputs }: NonNullable<ExplainedArtifact['madeFrom']>): readonly string[] {
  return limited(
    [
      ...Object.entries(settings).map(([name, value]) => `    ${name} = ${valueWords(value)}`),
      ...Object.entries(inputs).map(([name, digest]) => `    ${harmless(name)} ${shortDigest(digest)}`),
    ],
    (line) => line,
  );
}

function limited<T>(items: readonly T[], line: (item: T, index: number) => string): readonly string[] {
  const left = items.length - most;
  return [...items.slice(0, most).map(line), ...(left > 0 ? [`    and ${left} more; all of them: --json`] : [])];
}

function listed(names: readonly string[]): string {
  const left = names.length - most;
  return names.slice(0, most).join(', ') + (left > 0 ? ` and ${left} more` : '');
}
