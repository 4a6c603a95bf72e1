import { layoutOf, viewOf } from './layout.ts';
import type { PackedOutputs } from './onnx/onnx-run.ts';
import type { Answer, Feed, OutputValues } from './tensor.ts';

/** The outputs of a message as values over its own memory. */
export function unpackOutputs({ outputs, buffer, texts }: PackedOutputs, rows: number): readonly OutputValues[] {
  const { offsets } = layoutOf(outputs, rows);
  let text = 0;
  return outputs.map((output, index) => {
    const { kind, width } = output;
    const data = kind === 'string' ? (texts[text++] ?? []) : viewOf(kind, buffer, { offset: offsets[index] ?? 0, length: rows * width });
    return { ...output, data };
  });
}

/** Gives each feed its rows of the outputs; the values are shared, not copied. */
export function answersOf(outputs: readonly OutputValues[], feeds: readonly Feed[]): readonly Answer[] {
  let from = 0;
  return feeds.map(({ rows }) => {
    const answer = { from, rows, outputs };
    from += rows;
    return answer;
  });
}
