import { count, percent, rows } from '../../evidence/index.ts';
import type { Finding } from '../evidence.ts';
import type { InputStrength, LeakageSearch } from './find-leakage.ts';

/** An input that explains more of the label than this by itself is rather made from it than made for it. */
const mostExplained = 0.98;
/** A larger share of test rows that the training set has too is no chance. */
const mostRepeated = 0.01;

/**
 * What the search for leakage says. An input that is the label itself makes the evaluation invalid; the rest is a suspicion that a person
 * must look at, so it is told and stops nothing.
 */
export function judgeLeakage({ inputs, repeated, later }: LeakageSearch): readonly Finding[] {
  return [...target(inputs), ...strongest(inputs), ...repetition(repeated), ...order(later)].map((finding) => ({
    kind: 'leakage' as const,
    ...finding,
  }));
}

type Statement = Omit<Finding, 'kind'>;

function target(inputs: readonly InputStrength[]): readonly Statement[] {
  const copies = inputs.filter(({ isLabel }) => isLabel).map(({ input }) => `"${input}"`);
  if (copies.length === 0) return [];
  return [
    {
      name: 'leakage.target',
      verdict: 'invalid',
      reason: `The model takes ${copies.join(' and ')}, which is the label itself in every row: train it without, or name it under "ignore:"`,
    },
  ];
}

function strongest(inputs: readonly InputStrength[]): readonly Statement[] {
  const others = inputs.filter(({ isLabel }) => !isLabel);
  const [first] = others;
  if (first === undefined) return [];
  const name = 'leakage.single-input';
  const details = { inputs: others.slice(0, 10), most: mostExplained };
  const strong = others.filter(({ explained }) => explained > mostExplained);
  if (strong.length === 0)
    return [
      {
        name,
        verdict: 'pass',
        blocking: false,
        reason: `No input explains the label by itself: "${first.input}" removes ${percent(Math.max(0, first.explained))} of the error of a constant`,
        details,
      },
    ];
  return [
    {
      name,
      verdict: 'fail',
      blocking: false,
      reason: `${strong.map(({ input, explained }) => `"${input}" alone removes ${percent(explained)} of the error of a constant`).join('; ')}: find out whether it is known before the label is`,
      details,
    },
  ];
}

function repetition(repeated: LeakageSearch['repeated']): readonly Statement[] {
  if (repeated === null) return [];
  const { rows: same, of } = repeated;
  const isMuch = same > mostRepeated * of;
  const reason =
    same === 0
      ? 'No test row is one of the training set in all that the model sees'
      : `${rows(same)} of ${count(of)} to be judged by are in the training set too, inputs and label alike${isMuch ? ': the model may know them by heart' : ''}`;
  return [{ name: 'leakage.repeated-rows', verdict: isMuch ? 'fail' : 'pass', blocking: false, reason, details: repeated }];
}

function order(later: LeakageSearch['later']): readonly Statement[] {
  if (later === null) return [];
  const { rows: after, of } = later;
  const reason =
    after === 0
      ? 'Every row the model was trained on is older than those it is judged by'
      : `${rows(after)} of ${count(of)} the model was trained on are no older than the first it is judged by: how it does on rows of tomorrow is not known`;
  return [{ name: 'leakage.time', verdict: after === 0 ? 'pass' : 'fail', blocking: false, reason, details: later }];
}
