import { failure } from '@tidegate/formats';
import { isObject, type JsonMembers, nameOf } from '../http/json-body.ts';
import { tooManyRows } from '../predict/read-rows.ts';
import { positionalRow } from './positional-row.ts';

export interface JsonRowsOptions {
  /** Names of the fields, in their order. */
  readonly names: readonly string[];
  readonly rowLimit: number;
}

/** The forms that other servers take rows in, by the member that tells them apart. */
const forms = ['rows', 'instances', 'dataframe_records', 'dataframe_split', 'inputs'] as const;

/**
 * Reads rows as other servers take them: `rows` of ours; `instances` of KServe's first protocol and of TensorFlow Serving; `dataframe_records`, `dataframe_split`, `instances` and `inputs` of MLflow's scoring server. What of them are lists of values stand in the
 * order of the fields.
 *
 * @returns the body as our own form has it @throws TG-SERVING-BODY, TG-SERVING-SHAPE, TG-SERVING-ROW-LIMIT
 */
export function jsonRows(body: JsonMembers, options: JsonRowsOptions): JsonMembers {
  const form = forms.find((name) => Object.hasOwn(body, name));
  if (form === 'rows') return body;
  if (form === undefined) throw refusal('it has no rows');
  const given = body[form];
  if (form === 'dataframe_split') return { rows: splitRows(given, options) };
  if (form === 'inputs' && isObject(given)) return { rows: columnRows(given, options) };
  if (!Array.isArray(given)) throw refusal(`"${form}" must be a list: found ${nameOf(given)}`);
  return { rows: listedRows(given, options) };
}

function listedRows(given: readonly unknown[], { names, rowLimit }: JsonRowsOptions): readonly unknown[] {
  if (given.length > rowLimit) throw tooManyRows(given.length, rowLimit);
  return given.map((row, index) => {
    if (Array.isArray(row)) return positionalRow(row, names, `row ${index}`);
    return isObject(row) || names.length !== 1 ? row : positionalRow([row], names, `row ${index}`);
  });
}

/** `{"columns": […], "data": [[…]]}`, with an `index` that says nothing. */
function splitRows(given: unknown, { names, rowLimit }: JsonRowsOptions): readonly unknown[] {
  const columns = isObject(given) ? given['columns'] : undefined;
  const data = isObject(given) ? given['data'] : undefined;
  if (!Array.isArray(data)) throw refusal('"dataframe_split" must have a list "data"');
  if (columns !== undefined && !(Array.isArray(columns) && columns.every((name) => typeof name === 'string')))
    throw refusal('"dataframe_split.columns" must be a list of names');
  if (data.length > rowLimit) throw tooManyRows(data.length, rowLimit);
  const header = columns === undefined ? names : (columns as readonly string[]);
  return data.map((row: unknown, index) => {
    if (Array.isArray(row)) return positionalRow(row, header, `row ${index}`);
    throw refusal(`row ${index} of "dataframe_split.data" must be a list: found ${nameOf(row)}`);
  });
}

/** `{"area": [1, 2], "rooms": [3, 4]}`: a list for each field, or one value of one row. */
function columnRows(given: JsonMembers, { rowLimit }: JsonRowsOptions): readonly unknown[] {
  const columns = Object.entries(given).map(
    ([name, values]) => [name, Array.isArray(values) ? (values as readonly unknown[]) : [values]] as const,
  );
  const lengths = new Set(columns.map(([, values]) => values.length));
  const [rows = 0, ...others] = lengths;
  if (others.length > 0) throw refusal(`the lists of "inputs" must be of one length: found ${[...lengths].join(', ')}`);
  if (rows > rowLimit) throw tooManyRows(rows, rowLimit);
  return Array.from({ length: rows }, (_, row) => Object.fromEntries(columns.map(([name, values]) => [name, values[row] ?? null])));
}

function refusal(found: string): Error {
  return failure(
    'TG-SERVING-BODY',
    `Cannot use the body: ${found}`,
    `Send one of ${forms.map((form) => `"${form}"`).join(', ')}, for instance {"instances": [{…}]}`,
  );
}
