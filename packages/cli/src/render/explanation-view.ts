import type { ExplainedStep, Explanation } from '@tidegate/core';
import { shortDigest, type StepRecord, unreachable } from '@tidegate/formats';
import { evidenceLines } from './evidence-lines.ts';
import { bytes, duration } from './figures.ts';
import { repetitionsSentence } from './repetition-view.ts';
import type { Terminal } from './terminal.ts';
import { endWords, reasonWords, skipWords, statusWords, valueWords } from './words.ts';

type Styled = Pick<Terminal, 'style'>;

/** Why a step has the result it has, and what a run would do with it now. */
export function explanationLines({ step, explanation, now }: ExplainedStep, terminal: Styled): readonly string[] {
  return [
    terminal.style('bold', step),
    ...(explanation === null ? ['  It has never run.'] : resultLines(explanation, terminal)),
    ...(now === null ? [] : [`  ${nowWords(now)}`]),
  ];
}

function nowWords({ action, reasons, blockedBy }: NonNullable<ExplainedStep['now']>): string {
  const why = reasons.map(reasonWords).join('; ');
  switch (action) {
    case 'hit':
      return 'Now: nothing it reads has changed.';
    case 'run':
      return `Now it would run: ${why}.`;
    case 'decide-later':
      return `Now it would run if what it reads comes out otherwise: ${why}.`;
    case 'blocked':
      return `Now it would not run: ${blockedBy.join(', ')} does not pass.`;
    case 'skipped':
      return 'Now it would be skipped.';
    default:
      return unreachable(action);
  }
}

function resultLines({ run, record, key, made, differences, repetitions }: Explanation, terminal: Styled): readonly string[] {
  const { style } = terminal;
  return [
    `  In run ${run}: ${outcome(record)}.`,
    ...(made === null ? [] : [`  Its result was made in run ${made.run} at ${made.at}, in ${duration(made.durationMs)}.`]),
    ...[repetitionsSentence(repetitions)].flatMap((sentence) => (sentence === null ? [] : [`  ${sentence}`])),
    ...evidenceLines(record.evidence, terminal).map((line) => line.slice(4)),
    ...(record.earlierAttempts ?? []).map(
      (attempt, index) => `  Attempt ${index + 1} ${endWords(attempt.end)} after ${duration(attempt.durationMs)}.`,
    ),
    ...(record.failure === null ? [] : [`  ${style('red', record.failure.code)}: ${record.failure.message}`]),
    ...(differences.length === 0 ? [] : [`  Since the key before: ${differences.map(reasonWords).join('; ')}.`]),
    ...(record.key === null || key === null
      ? []
      : [
          `  Key ${shortDigest(record.key)}, made of:`,
          ...Object.entries({ ...key.settings, ...key.facts }).map(([name, value]) => `    ${name} = ${valueWords(value)}`),
        ]),
    ...Object.entries(key?.inputs ?? {}).map(([name, digest]) => `    ${name} ${style('dim', shortDigest(digest))}`),
    ...Object.entries(record.outputs).map(
      ([output, artifact]) => `  Made ${output}: ${shortDigest(artifact.digest)}, ${bytes(artifact.bytes)}`,
    ),
  ];
}

function outcome(record: StepRecord): string {
  const { status, reasons } = record;
  const word = statusWords[status];
  if (status === 'hit') return `${word}, its result is that of run ${record.madeBy ?? 'unknown'}`;
  if (status === 'blocked') return `${word}, because ${blockers(record)} did not pass`;
  if (status === 'skipped') return `${word}, ${skipWords(record)}`;
  if (status === 'cancelled') return `${word}, because the run was stopped or another step had failed`;
  return reasons.length === 0 ? word : `${word}; it ran because ${reasons.map(reasonWords).join('; ')}`;
}

function blockers({ facts }: StepRecord): string {
  const { blockedBy } = facts;
  return Array.isArray(blockedBy) ? blockedBy.join(', ') : 'something it depends on';
}
