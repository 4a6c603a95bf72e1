import { shape } from '@tidegate/formats';

type Scalar = string | number | boolean | null;

/** One statement about a model's behaviour. */
export type BehaviourTest =
  /** Minimum functionality: what the model must say of rows that are written down. */
  | {
      readonly kind: 'function';
      readonly name: string;
      readonly rows: readonly { readonly [input: string]: Scalar }[];
      readonly expect: Expectation;
    }
  /** Invariance: a change that must not matter. */
  | { readonly kind: 'same'; readonly name: string; readonly change: Changes; readonly sample: number; readonly tolerance: number }
  /** Direction: a change that must move the answer one way, or at least not the other. */
  | {
      readonly kind: 'direction';
      readonly name: string;
      readonly change: Changes;
      readonly sample: number;
      readonly expect: 'higher' | 'lower' | 'not-higher' | 'not-lower';
      readonly tolerance: number;
    };

export type Expectation = { readonly label: string } | { readonly min: number | null; readonly max: number | null };

/** By input: a value that is put in its place, or for a number `+ 5`, `- 5`, `* 2`. Several values of an input are several changes. */
export type Changes = { readonly [input: string]: readonly Scalar[] };

const scalar = shape.map(shape.anything(), (value, report): Scalar => {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  report('A value must be a text, a number, true, false or null');
  return null;
});

const values = shape.map(shape.anything(), (value, report): readonly Scalar[] => {
  const list = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  return list.map((one) => {
    if (one === null || typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean') return one;
    report('A change must be a value or a list of values');
    return null;
  });
});

const directions = ['higher', 'lower', 'not-higher', 'not-lower'] as const;

const test = shape.object({
  name: shape.required(shape.text()),
  rows: shape.optional(shape.list(shape.record(scalar), { minimum: 1 })),
  label: shape.optional(scalar),
  min: shape.optional(shape.number()),
  max: shape.optional(shape.number()),
  change: shape.optional(shape.record(values)),
  expect: shape.optional(shape.oneOf(['same', ...directions])),
  sample: shape.optional(shape.number({ integer: true, minimum: 1 })),
  tolerance: shape.optional(shape.number({ minimum: 0 })),
});

/** Rows of the test set that a change is tried on. */
const defaultSample = 500;
/** Of a probability, as CheckList has it. */
const sameTolerance = 0.1;

/** A suite of behaviour tests: docs/reference/behaviour-tests.md. */
export const behaviourFile = shape.object({
  tests: shape.required(
    shape.list(
      shape.map(test, (given, report): BehaviourTest => {
        const { name, rows, label, min, max, change, expect, sample, tolerance } = given;
        if (rows !== undefined) {
          if (change !== undefined || expect !== undefined)
            report('A test has either "rows" with what is asked of them, or "change" with "expect"');
          if (label === undefined && min === undefined && max === undefined) report('A test of rows needs "label", "min" or "max"');
          const expected = label === undefined ? { min: min ?? null, max: max ?? null } : { label: String(label) };
          return { kind: 'function', name, rows, expect: expected };
        }
        if (change === undefined || expect === undefined) report('A test needs "rows", or "change" with "expect"');
        const common = { name, change: change ?? {}, sample: sample ?? defaultSample };
        return expect === undefined || expect === 'same'
          ? { kind: 'same', ...common, tolerance: tolerance ?? sameTolerance }
          : { kind: 'direction', ...common, expect, tolerance: tolerance ?? 0 };
      }),
      { minimum: 1 },
    ),
  ),
});
