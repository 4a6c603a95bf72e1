import type { ExplainedStep, Explanation, InputChange } from '@tidegate/core';
import { type ResultOrigin, shortDigest, type StepRecord, unreachable } from '@tidegate/formats';
import { hunkLines, reasonsInDetail } from './change-words.ts';
import { evidenceLines } from './evidence-lines.ts';
import { bytes, duration } from './figures.ts';
import { repetitionsSentence } from './repetition-view.ts';
import { harmless, type Terminal } from './terminal.ts';
import { counted, endWords, reasonWords, skipWords, statusWords, valueWords } from './words.ts';

type Styled = Pick<Terminal, 'style'>;

/** Why a step has the result it has, and what a run would do with it now. */
export function explanationLines({ step, explanation, changes, now }: ExplainedStep, terminal: Styled): readonly string[] {
  return [
    terminal.style('bold', step),
    ...(explanation === null ? ['  It has never run.'] : resultLines(explanation, changes, terminal)),
    ...(now === null ? [] : [`  ${nowWords(now)}`, ...hunkLines(now.changes, terminal)]),
  ];
}

function nowWords({ action, reasons, blockedBy, changes }: NonNullable<ExplainedStep['now']>): string {
  const why = reasonsInDetail(reasons, changes);
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

/** A key record names every file that a step reads; of very many only the first are shown. */
const mostInputs = 40;

function resultLines(explanation: Explanation, changes: readonly InputChange[], terminal: Styled): readonly string[] {
  const { run, record, key, made, evicted, previous, differences, repetitions } = explanation;
  const inputs = Object.entries(key?.inputs ?? {});
  const { style } = terminal;
  return [
    `  In run ${run}: ${outcome(record)}.`,
    ...(made === null
      ? []
      : [`  Its result was made in run ${made.run} at ${made.at}, in ${duration(made.durationMs)}${originWords(made.from)}.`]),
    ...(evicted === null ? [] : [`  Its result was taken out of the cache at ${evicted.evictedAt}: ${evicted.why}.`]),
    ...[repetitionsSentence(repetitions)].flatMap((sentence) => (sentence === null ? [] : [`  ${sentence}`])),
    ...evidenceLines(record.evidence, terminal).map((line) => line.slice(4)),
    ...(record.earlierAttempts ?? []).map(
      (attempt, index) => `  Attempt ${index + 1} ${endWords(attempt.end)} after ${duration(attempt.durationMs)}.`,
    ),
    ...(record.failure === null ? [] : [`  ${style('red', record.failure.code)}: ${record.failure.message}`]),
    ...(differences.length === 0 || previous === null
      ? []
      : [`  Since its result of run ${previous.run}: ${reasonsInDetail(differences, changes)}.`, ...hunkLines(changes, terminal)]),
    ...(record.key === null || key === null
      ? []
      : [
          `  Key ${shortDigest(record.key)}, made of:`,
          ...Object.entries({ ...key.settings, ...key.facts }).map(([name, value]) => `    ${name} = ${valueWords(value)}`),
        ]),
    ...inputs.slice(0, mostInputs).map(([name, digest]) => `    ${harmless(name)} ${style('dim', shortDigest(digest))}`),
    ...(inputs.length > mostInputs ? [`    and ${counted(inputs.length - mostInputs, 'input')} more; all of them: --json`] : []),
    ...Object.entries(record.outputs).map(
      ([output, artifact]) => `  Made ${output}: ${shortDigest(artifact.digest)}, ${bytes(artifact.bytes)}`,
    ),
  ];
}

/** `, in the zone main; taken from /mnt/share on 2026-11-29`: nothing of the place for what was made in this home. */
export function originWords({ zone, taken }: ResultOrigin): string {
  return `, in the zone ${zone}${taken === null ? '' : `; taken from ${harmless(taken.place)} at ${taken.at}`}`;
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
