import { type ReplayDifference, type ReplayOutcome, type RunReplay, shortDigest } from '@tidegate/formats';
import { duration } from './figures.ts';
import { harmless, type Style, type Terminal } from './terminal.ts';
import { counted, reasonWords, statusWords } from './words.ts';

const outcomes: Readonly<Record<ReplayOutcome, readonly [Style, string]>> = {
  identical: ['green', 'identical'],
  'within-tolerance': ['green', 'the same within what steps declare'],
  different: ['red', 'different'],
};

/** What came of rebuilding a run; where something else came out, the first step that differs and what of it. */
export function runReplayLines(replay: RunReplay, { style }: Pick<Terminal, 'style'>): readonly string[] {
  const { run, commit, dirty, data, steps, outcome, verdict, first, differing, place, durationMs } = replay;
  const [colour, words] = outcomes[outcome];
  const versions = Object.entries(data).map(([dataset, digest]) => `data.${dataset} ${shortDigest(digest)}`);
  return [
    `Run ${run}, rebuilt in ${duration(durationMs)} from commit ${commit.slice(0, 8)}${dirty ? ' and its uncommitted changes' : ''}${versions.length === 0 ? '' : `, ${versions.join(', ')}`}: ${style(colour, words)}.`,
    `  ${counted(steps.identical, 'step')} identical${counts(steps)}; verdict ${verdict.before ?? 'none'}${verdict.before === verdict.after ? ' as before' : `, now ${verdict.after ?? 'none'}`}.`,
    ...(first === null ? [] : firstLines(first)),
    ...(differing.length > 1
      ? [`  Then: ${differing.slice(1, 9).join(', ')}${differing.length > 9 ? ` and ${steps.different - 9} more` : ''}`]
      : []),
    ...(place === null ? [] : [`The rebuilt project is in ${place}; remove it when you have looked.`]),
  ];
}

function counts({ withinTolerance, different, notCompared }: RunReplay['steps']): string {
  return [
    ...(withinTolerance === 0 ? [] : [`, ${withinTolerance} within tolerance`]),
    ...(different === 0 ? [] : [`, ${different} different`]),
    ...(notCompared === 0 ? [] : [`, ${notCompared} not compared`]),
  ].join('');
}

function firstLines({ step, status, key, outputs, evidence, failure }: ReplayDifference): readonly string[] {
  const after = status.after === null ? 'not part of it' : statusWords[status.after];
  const hasEnd = failure === null && status.after !== null;
  return [
    `  The first that differs: ${step}${hasEnd ? '' : ` (${statusWords[status.before]} then, ${after} now)`}`,
    ...(failure === null ? [] : [`    ${failure.code}: ${harmless(failure.message)}`]),
    ...(outputs.length === 0 ? [] : [`    other bytes in ${outputs.join(', ')}`]),
    ...evidence.map(({ name, before, after: now }) => `    ${name}: ${before ?? 'none'} then, ${now ?? 'none'} now`),
    key.length > 0
      ? `    it was made otherwise: ${key.slice(0, 5).map(reasonWords).join('; ')}`
      : `    from the same key: it does not repeat; say so with "repeats: differently", or declare what is "stable"`,
  ];
}
