import { TidegateError } from '@tidegate/formats';
import type { InputBinding } from '../model/bind-inputs.ts';
import type { ModelRunner } from '../model/model-runner.ts';
import type { Answer, Value } from '../model/tensor.ts';

/** An answer to some rows of a chunk, or the model's refusal of one. Places are those of the rows in the chunk. */
export type Predicted =
  | { readonly kind: 'answer'; readonly places: readonly number[]; readonly answer: Answer }
  | { readonly kind: 'refusal'; readonly place: number; readonly error: TidegateError };

export interface RowsToPredict {
  /** `cells[column][place]`, in the order of the signature. */
  readonly cells: readonly (readonly Value[])[];
  /** Which of them to predict, in order. */
  readonly places: readonly number[];
  /** Rows predicted in one go. */
  readonly atOnce: number;
}

/**
 * Predicts rows, in order. When the model refuses values, the rows are halved until those are found that it refuses alone, as it
 * would in a request; how they are cut depends on the rows and on nothing else.
 *
 * @throws what the runner throws, except for TG-SERVING-PREDICTION
 */
export async function* predictRows(
  { runner, binding }: { readonly runner: ModelRunner; readonly binding: InputBinding },
  { cells, places, atOnce }: RowsToPredict,
): AsyncGenerator<Predicted> {
  const waiting: (readonly number[])[] = [];
  for (let from = 0; from < places.length; from += atOnce) waiting.push(places.slice(from, from + atOnce));
  waiting.reverse();
  for (let piece = waiting.pop(); piece !== undefined; piece = waiting.pop()) {
    const [first = 0] = piece;
    const own = piece;
    const feed = binding.feed(
      cells.map((values) => own.map((place) => values[place] ?? null)),
      piece.length,
    );
    const answered = await runner.run([feed]).catch(refusal);
    if (answered instanceof TidegateError) {
      if (piece.length === 1) yield { kind: 'refusal', place: first, error: answered };
      else waiting.push(piece.slice(piece.length >> 1), piece.slice(0, piece.length >> 1));
      continue;
    }
    const [answer] = answered.answers;
    if (answer === undefined) throw new Error('Cannot predict: the runner gave no answer; please report this');
    yield { kind: 'answer', places: piece, answer };
  }
}

function refusal(error: unknown): TidegateError {
  if (error instanceof TidegateError && error.diagnostics[0].code === 'TG-SERVING-PREDICTION') return error;
  throw error;
}
