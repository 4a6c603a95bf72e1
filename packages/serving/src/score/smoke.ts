import { type Signature, type SmokeCase, type SmokeReport, TidegateError } from '@tidegate/formats';
import { bindInputs, type BoundColumn } from '../model/bind-inputs.ts';
import type { ModelRunner } from '../model/model-runner.ts';
import { type Predictions, readPredictions } from '../model/read-predictions.ts';
import type { Value } from '../model/tensor.ts';
import type { Rows } from './read-rows.ts';

/** Rows that are tried in one batch, spread over the test set, and those of them that are tried alone. */
const mostRows = 64;
const mostAlone = 8;
/** How far a prediction may be from its repetition: the same sums, and those of another batch size, which are added up in another order. */
const sameTolerance = 1e-6;
const batchTolerance = 1e-4;
/** Columns that are named in a message. */
const mostNamed = 8;

/**
 * Tries a loaded model on some rows: what no model may break (a prediction for each row, in its range; the same for the same rows; the same for a row alone),
 * and what many break unnoticed (a missing field, a category never seen, a number far out). A model that refuses a row by an error breaks what is tried.
 *
 * @returns cases in a fixed order; one that a model cannot be tried on is skipped, with the reason
 */
export async function smoke(runner: ModelRunner, signature: Signature, rows: Rows): Promise<SmokeReport> {
  const columns = bindInputs(signature.inputs, runner.inputs).columns;
  const predict = predictor(runner, signature);
  const chosen = spread(rows.count, mostRows);
  const cells = rows.cells.map((values) => chosen.map((row) => values[row] ?? null));
  const base: Base = { signature, columns, cells, count: chosen.length };
  const tried = [
    ...mustHold.map((one) => ({ ...one, mustHold: true })),
    ...unusual.map(({ name, change, none }) => ({ name, mustHold: false, try: tryChange(change, none) })),
  ];
  const cases: SmokeCase[] = [];
  for (const one of tried) {
    const told = base.count === 0 ? skipped('The test set has no rows') : await one.try(predict, base).catch(refusal);
    // no time: what equal models are told of is equal
    cases.push({ name: one.name, ...told, durationMs: 0, mustHold: one.mustHold });
  }
  return { rows: base.count, cases };
}

interface Base {
  readonly signature: Signature;
  readonly columns: readonly BoundColumn[];
  /** By column, then by row. */
  readonly cells: readonly (readonly Value[])[];
  readonly count: number;
}

type Predict = (cells: Base['cells'], count: number) => Promise<Predictions>;
type Told = Pick<SmokeCase, 'outcome' | 'message'>;
type Try = (predict: Predict, base: Base) => Promise<Told>;

const passed: Told = { outcome: 'passed', message: '' };
const skipped = (message: string): Told => ({ outcome: 'skipped', message });
const failed = (message: string): Told => ({ outcome: 'failed', message });

function refusal(error: unknown): Told {
  return failed(`The model refuses them: ${wordsOf(error)}`);
}

function wordsOf(error: unknown): string {
  const message = error instanceof TidegateError ? error.diagnostics[0].message : error instanceof Error ? error.message : String(error);
  return (message.split('\n')[0] ?? '').slice(0, 300);
}

function predictor(runner: ModelRunner, signature: Signature): Predict {
  const binding = bindInputs(signature.inputs, runner.inputs);
  return async (cells, count) => {
    const [answer] = (await runner.run([binding.feed(cells, count)])).answers;
    if (answer === undefined) throw new Error('the runner gave no answer; please report this');
    return readPredictions(signature, answer);
  };
}

const mustHold: readonly { readonly name: string; readonly try: Try }[] = [
  {
    name: 'every row gets a prediction in its range',
    try: async (predict, base) => faultOf(await predict(base.cells, base.count), base) ?? passed,
  },
  {
    name: 'the same rows get the same predictions',
    try: async (predict, base) => {
      const [first, second] = [await predict(base.cells, base.count), await predict(base.cells, base.count)];
      const all = Array.from({ length: base.count }, (_, row) => row);
      return differenceOf(all, { tolerance: sameTolerance, at: (row) => [pointAt(first, base, row), pointAt(second, base, row)] });
    },
  },
  {
    name: 'a row alone gets what it gets among others',
    try: async (predict, base) => {
      const together = await predict(base.cells, base.count);
      const alone = new Map<number, Predictions>();
      for (const row of spread(base.count, mostAlone))
        alone.set(
          row,
          await predict(
            base.cells.map((values) => [values[row] ?? null]),
            1,
          ),
        );
      return differenceOf([...alone.keys()], {
        tolerance: batchTolerance,
        at: (row) => {
          const one = alone.get(row);
          return [pointAt(together, base, row), one === undefined ? [] : pointAt(one, base, 0)];
        },
      });
    },
  },
];

/** What a changed row has in one column; undefined: that column cannot be changed so. */
type Change = (column: BoundColumn) => Value | undefined;

const unusual: readonly { readonly name: string; readonly change: Change; readonly none: string }[] = [
  {
    name: 'a missing field gets a prediction',
    change: ({ nullable }) => (nullable ? null : undefined),
    none: 'It takes no missing value: the server refuses one before the model sees it',
  },
  {
    name: 'a category never seen gets a prediction',
    change: ({ type, kind }) => (kind === 'string' && type === 'string' ? 'never seen \u2042' : undefined),
    none: 'It takes no text',
  },
  { name: 'a number far out gets a prediction', change: farOut, none: 'It takes no number' },
];

/** As far as sums of some of them still fit into the input's type. */
function farOut({ type, kind }: BoundColumn): Value | undefined {
  if (type === 'boolean' || kind === 'string' || kind === 'bool') return undefined;
  if (kind === 'float32') return 1e30;
  if (kind === 'float64') return type === 'integer' ? Number.MAX_SAFE_INTEGER : 1e300;
  return kind === 'int32' ? 2_147_483_647 : Number.MAX_SAFE_INTEGER;
}

/** One row for each column that can be changed, in one batch; where the model refuses that, each by itself, to name the columns. */
function tryChange(change: Change, none: string): Try {
  return async (predict, base) => {
    const changes = base.columns.flatMap((column, index) => {
      const value = change(column);
      return value === undefined ? [] : [{ name: column.name, index, value }];
    });
    if (changes.length === 0) return skipped(none);
    const all = changedCells(base, changes);
    const together = await predict(all, changes.length).catch(() => null);
    const faults = new Map<string, string>();
    for (const [row, one] of changes.entries()) {
      const fault =
        together === null
          ? await predict(changedCells(base, [one]), 1).then(
              (answer) => faultAt(answer, base, 0),
              (error: unknown) => `error: ${wordsOf(error)}`,
            )
          : faultAt(together, base, row);
      if (fault !== null) faults.set(one.name, fault);
    }
    if (faults.size === 0) return passed;
    const told = [...faults].slice(0, mostNamed).map(([name, fault]) => `"${name}" gives ${fault}`);
    return failed(`${told.join('; ')}${faults.size > mostNamed ? `; and ${faults.size - mostNamed} more` : ''}`);
  };
}

function changedCells({ cells, count }: Base, changes: readonly { readonly index: number; readonly value: Value }[]): Base['cells'] {
  return cells.map((values, column) => changes.map(({ index, value }, row) => (index === column ? value : (values[row % count] ?? null))));
}

function faultOf(predictions: Predictions, base: Base): Told | null {
  const { length } = predictions.values;
  if (length !== base.count) return failed(`${base.count} rows get ${length} predictions`);
  const rows = Array.from({ length }, (_, row) => row).flatMap((row) => {
    const fault = faultAt(predictions, base, row);
    return fault === null ? [] : [fault];
  });
  return rows.length === 0
    ? null
    : failed(`${rows.length} of ${base.count} rows get ${rows[0] ?? ''}${rows.length > 1 ? ', or another such' : ''}`);
}

/** @returns what is wrong with the prediction of a row; null for nothing */
function faultAt(predictions: Predictions, { signature: { task, classes } }: Pick<Base, 'signature'>, row: number): string | null {
  const value = predictions.values[row];
  if (value === undefined) return 'no prediction';
  if (!Number.isFinite(value)) return String(value);
  if (task === 'regression') return null;
  if (task === 'binary') return value < 0 || value > 1 ? `the probability ${value}` : null;
  if (classes[value] === undefined) return 'no class of its signature';
  const probabilities = probabilitiesAt(predictions, classes.length, row);
  if (probabilities === null) return null;
  const outside = probabilities.find((share) => !(share >= 0 && share <= 1));
  if (outside !== undefined) return `the probability ${outside}`;
  const sum = probabilities.reduce((total, share) => total + share, 0);
  return Math.abs(sum - 1) > 1e-3 ? `probabilities with the sum ${Number(sum.toPrecision(4))}` : null;
}

function probabilitiesAt({ probabilities }: Predictions, classes: number, row: number): readonly number[] | null {
  return probabilities === null ? null : probabilities.slice(row * classes, (row + 1) * classes);
}

/** What is compared of a row: probabilities where there are some, for a tie may fall to either class. */
function pointAt(predictions: Predictions, { signature: { task, classes } }: Base, row: number): readonly number[] {
  const shares = task === 'multiclass' ? probabilitiesAt(predictions, classes.length, row) : null;
  return shares ?? [predictions.values[row] ?? Number.NaN];
}

interface Pairs {
  /** The most that two numbers may be apart, as a share of the larger one or, below 1, as such. */
  readonly tolerance: number;
  readonly at: (row: number) => readonly [readonly number[], readonly number[]];
}

function differenceOf(rows: readonly number[], { tolerance, at }: Pairs): Told {
  const worst = rows
    .flatMap((row) => {
      const [first, second] = at(row);
      return first.map((a, index) => ({ a, b: second[index] ?? Number.NaN }));
    })
    .map(({ a, b }) => ({ a, b, apart: Object.is(a, b) ? 0 : Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b)) }))
    .filter(({ apart }) => !(apart <= tolerance))
    .toSorted((x, y) => y.apart - x.apart);
  const [first] = worst;
  return first === undefined ? passed : failed(`A row gets ${first.a} and then ${first.b}`);
}

/** Up to `most` numbers below `count`, evenly spread from the first to the last. */
function spread(count: number, most: number): readonly number[] {
  const size = Math.min(count, most);
  return Array.from({ length: size }, (_, index) => (size === 1 ? 0 : Math.round((index * (count - 1)) / (size - 1))));
}
