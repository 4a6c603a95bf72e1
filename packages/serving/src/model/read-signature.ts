import { readFile } from 'node:fs/promises';
import { type FeatureColumn, failure, type LogicalType, shape, type Signature } from '@tidegate/formats';

const types: readonly LogicalType[] = ['string', 'integer', 'number', 'boolean', 'date', 'timestamp', 'time', 'object', 'array'];

/** The shape of a {@link FeatureColumn}. */
export const columnShape: shape.Shape<FeatureColumn> = shape.object({
  name: shape.required(shape.text()),
  type: shape.required(shape.oneOf(types)),
});

/** The shape of a {@link Signature} in a file. */
export const signatureShape: shape.Shape<Signature> = shape.object({
  task: shape.required(shape.oneOf(['binary', 'multiclass', 'multilabel', 'regression'])),
  inputs: shape.required(shape.list(columnShape)),
  classes: shape.required(shape.list(shape.text())),
});

/** @throws TG-SERVING-ARGUMENTS when the file is not there or holds something else. */
export async function readSignature(file: string): Promise<Signature> {
  const parsed = await readFile(file, 'utf8')
    .then((text) => shape.parse(signatureShape, JSON.parse(text)))
    .catch((error: unknown) => {
      throw unreadable(file, error instanceof Error ? error.message : String(error));
    });
  if (parsed.ok) return parsed.value;
  throw unreadable(file, parsed.failure.map((problem) => problem.message).join('; '));
}

function unreadable(file: string, found: string): Error {
  return failure('TG-SERVING-ARGUMENTS', `Cannot read the signature "${file}": ${found}`, 'Give the signature of a model version as JSON');
}
