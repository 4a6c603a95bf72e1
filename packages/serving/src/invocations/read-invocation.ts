import { failure } from '@tidegate/formats';
import type { Posted } from '../http/endpoint.ts';
import { type JsonMembers, parseBody } from '../http/json-body.ts';
import { type RowField, tooManyRows } from '../predict/read-rows.ts';
import { csvRows } from './csv-rows.ts';
import { jsonRows } from './json-rows.ts';
import { hasHeaderLine, mediaOf } from './media-type.ts';

export interface InvocationOptions {
  readonly fields: readonly RowField[];
  readonly rowLimit: number;
}

/** Whether a body of this type is taken, for {@link readInvocation}. */
export function takesInvocation(type: string): boolean {
  return mediaOf(type) !== null;
}

/**
 * Reads the rows of an invocation of SageMaker or MLflow, by its media type: JSON in any of their forms, lines of JSON, CSV.
 *
 * @returns the body as `POST /v1/predict` takes it @throws TG-SERVING-BODY, TG-SERVING-JSON, TG-SERVING-SHAPE, TG-SERVING-ROW-LIMIT
 */
export function readInvocation({ bytes, type }: Pick<Posted, 'bytes' | 'type'>, { fields, rowLimit }: InvocationOptions): JsonMembers {
  const options = { names: fields.map(({ name }) => name), rowLimit };
  switch (mediaOf(type ?? 'application/json') ?? 'json') {
    case 'csv':
      return { rows: csvRows(bytes.toString('utf8'), { fields, rowLimit, hasHeader: hasHeaderLine(type ?? '') }) };
    case 'json-lines':
      return jsonRows({ instances: lineRows(bytes.toString('utf8'), rowLimit) }, options);
    default:
      return jsonRows(parseBody(bytes), options);
  }
}

function lineRows(text: string, rowLimit: number): readonly unknown[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length > rowLimit) throw tooManyRows(lines.length, rowLimit);
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      throw failure('TG-SERVING-JSON', `Cannot read line ${index + 1} of the body as JSON`, 'Send one JSON object or list a line');
    }
  });
}
