import type { Signature } from '@tidegate/formats';
import { classIndex } from '../class-index.ts';
import type { BehaviourTest } from './behaviour-file.ts';

/** What a model says of one row. */
export interface Answer {
  /** Two classes: probability of the second; several: the class; several labels: those told; regression: the value. */
  readonly prediction: number | string | readonly string[];
  /** Of several classes or labels. */
  readonly probabilities: readonly number[] | null;
}

/** Whether the answers keep what a test says. `after` is what the model says of the changed row; null for a test of written rows. */
export function keeps(test: BehaviourTest, before: Answer, after: Answer | null, signature: Signature): boolean {
  if (test.kind === 'function') return keepsExpectation(test.expect, before, signature);
  if (after === null) return false;
  return test.kind === 'same' ? isSame(before, after, { tolerance: test.tolerance, signature }) : movesSo(test, before, after);
}

function keepsExpectation(
  expect: Extract<BehaviourTest, { readonly kind: 'function' }>['expect'],
  { prediction }: Answer,
  { task, classes }: Signature,
): boolean {
  if (!('label' in expect)) {
    const value = Number(prediction);
    return (expect.min === null || value >= expect.min) && (expect.max === null || value <= expect.max);
  }
  const indexOf = classIndex(classes);
  const wanted = indexOf(expect.label);
  if (Array.isArray(prediction)) return prediction.some((label) => indexOf(String(label)) === wanted);
  if (task === 'binary') return Number(Number(prediction) > 0.5) === wanted;
  return task === 'multiclass' ? indexOf(String(prediction)) === wanted : Number(prediction) === Number(expect.label);
}

/** As CheckList has it: the decision is the same, whatever the probability, or the confidence in the first one moved by the tolerance at most. */
function isSame(
  before: Answer,
  after: Answer,
  { tolerance, signature }: { readonly tolerance: number; readonly signature: Signature },
): boolean {
  switch (signature.task) {
    case 'regression':
      return Math.abs(Number(after.prediction) - Number(before.prediction)) <= tolerance;
    case 'binary': {
      const [p, q] = [Number(before.prediction), Number(after.prediction)];
      return p > 0.5 === q > 0.5 || Math.abs(p - q) <= tolerance;
    }
    case 'multiclass': {
      if (before.prediction === after.prediction) return true;
      const index = classIndex(signature.classes)(String(before.prediction));
      return Math.abs((before.probabilities?.[index] ?? 1) - (after.probabilities?.[index] ?? 0)) <= tolerance;
    }
    case 'multilabel':
      return (
        String(before.prediction) === String(after.prediction) ||
        (before.probabilities ?? []).every((p, label) => Math.abs(p - (after.probabilities?.[label] ?? 0)) <= tolerance)
      );
  }
}

function movesSo({ expect, tolerance }: Extract<BehaviourTest, { readonly kind: 'direction' }>, before: Answer, after: Answer): boolean {
  const moved = Number(after.prediction) - Number(before.prediction);
  switch (expect) {
    case 'higher':
      return moved > tolerance;
    case 'lower':
      return moved < -tolerance;
    case 'not-higher':
      return moved <= tolerance;
    case 'not-lower':
      return moved >= -tolerance;
  }
}
