import type { ErrorAnalysis, ErrorRow, FeatureColumn, Signature } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import { readInputCells } from '../input-cells.ts';
import type { ScoredRows } from '../scored-rows.ts';
import { confusionOf } from './confusion.ts';
import { exampleRows } from './example-rows.ts';
import { gatherings } from './gatherings.ts';
import { errorThreshold, type WrongRows, worstFirst, wrongRows } from './wrong-rows.ts';

/** Rows of each list at most. */
const most = { worst: 20, new: 10, fixed: 10 } as const;
/** Inputs of an example that are shown at most. */
const mostInputs = 30;
/** Rows at most among which it is looked for what errors have in common. */
const mostRows = 20_000;

export interface ErrorsRequest {
  readonly engine: Engine;
  /** Path of the rows with the inputs of the model. */
  readonly testSet: string;
  /** The predictions that are judged by. */
  readonly predictions: string;
  readonly signature: Signature;
  readonly scored: ScoredRows;
  readonly hasIds: boolean;
  /** Inputs in the order of how much they matter; those that it does not name come after them. */
  readonly order: readonly string[];
  /** Columns whose values are shown to nobody; with the label among them no row is. */
  readonly personal: ReadonlySet<string>;
  readonly label: string;
  readonly id: string | null;
}

/** The rows that the model is most wrong about, what they have in common, and what it newly does wrong or right beside its champion. */
export async function analyseErrors(request: ErrorsRequest): Promise<ErrorAnalysis> {
  const { engine, testSet, predictions, signature, scored, personal } = request;
  const { candidate, champion, comparable, slices } = scored;
  const threshold = errorThreshold(champion ?? candidate) ?? errorThreshold(candidate);
  const own = wrongRows(candidate, threshold);
  const theirs = champion === null ? null : wrongRows(champion, threshold);
  const order = worstFirst(candidate, own.loss);
  const against = theirs === null ? null : flips(comparable, own, theirs);
  const chosen = personal.has(request.label)
    ? { worst: [], new: [], fixed: [] }
    : {
        worst: order.slice(0, most.worst).filter((row) => (own.loss[row] ?? 0) > 0),
        new: against === null ? [] : against.new.slice(0, most.new),
        fixed: against === null ? [] : against.fixed.slice(0, most.fixed),
      };
  const shown = shownInputs(request);
  const examples = await exampleRows(engine, [...new Set(Object.values(chosen).flat())], {
    testSet,
    predictions,
    signature,
    inputs: shown,
    hasIds: request.hasIds && !(request.id !== null && personal.has(request.id)),
    hasChampion: champion !== null,
    loss: own.loss,
    championLoss: theirs?.loss ?? null,
  });
  const rowsOf = (places: readonly number[]): readonly ErrorRow[] => places.flatMap((place) => examples.get(place) ?? []);
  const known = signature.inputs.filter(({ name }) => !personal.has(name));
  const looked = atDistances(Int32Array.from(order).sort(), mostRows);
  return {
    loss: lossOf(signature),
    rows: order.length,
    threshold,
    errors: order.filter(own.isError).length,
    confusion: confusionOf(signature, candidate),
    inputs: shown.map(({ name }) => name),
    worst: rowsOf(chosen.worst),
    gathered: gatherings({
      rows: looked,
      isError: own.isError,
      slices: slices.filter(({ column }) => !personal.has(column)),
      cells: looked.length === 0 ? [] : await readInputCells(engine, { testSet, predictions, inputs: known, rows: looked }),
    }),
    against: against && {
      rows: comparable.length,
      both: against.both,
      new: against.new.length,
      fixed: against.fixed.length,
      newRows: rowsOf(chosen.new),
      fixedRows: rowsOf(chosen.fixed),
    },
    hidden: [...signature.inputs.map(({ name }) => name), request.label].filter((name) => personal.has(name)),
    leftOut: known.length - shown.length,
  };
}

function lossOf({ task }: Signature): ErrorAnalysis['loss'] {
  if (task === 'regression') return 'absolute-error';
  return task === 'multiclass' ? 'wrong-class' : 'squared-error';
}

/** Errors of one model that are none of the other, where it lost or won most first. */
function flips(
  rows: Int32Array,
  own: WrongRows,
  theirs: WrongRows,
): { readonly both: number; readonly new: readonly number[]; readonly fixed: readonly number[] } {
  const all = [...rows];
  const worse = (row: number): number => (own.loss[row] ?? 0) - (theirs.loss[row] ?? 0);
  return {
    both: all.filter((row) => own.isError(row) && theirs.isError(row)).length,
    new: all.filter((row) => own.isError(row) && !theirs.isError(row)).sort((a, b) => worse(b) - worse(a) || a - b),
    fixed: all.filter((row) => !own.isError(row) && theirs.isError(row)).sort((a, b) => worse(a) - worse(b) || a - b),
  };
}

function shownInputs({ signature, order, personal }: ErrorsRequest): readonly FeatureColumn[] {
  const places = new Map(order.map((name, place) => [name, place]));
  const placeOf = ({ name }: FeatureColumn): number => places.get(name) ?? order.length;
  return signature.inputs
    .filter(({ name }) => !personal.has(name))
    .toSorted((a, b) => placeOf(a) - placeOf(b))
    .slice(0, mostInputs);
}

/** Rows at even distances. */
function atDistances(rows: Int32Array, count: number): Int32Array {
  if (rows.length <= count) return rows;
  return Int32Array.from({ length: count }, (_, place) => rows[Math.floor((place * rows.length) / count)] ?? 0);
}
