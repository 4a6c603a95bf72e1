import { failure, type FeatureColumn, nearest } from '@tidegate/formats';
import type { Feed, InputTensor, TensorKind, Value } from './tensor.ts';

/** A column of the signature and the place of its values in the inputs of the model. */
export interface BoundColumn extends FeatureColumn {
  readonly kind: TensorKind;
  readonly nullable: boolean;
}

/** How the columns of the signature become the inputs of the model. */
export interface InputBinding {
  /** In the order of the signature. */
  readonly columns: readonly BoundColumn[];
  /** @param cells one list of `rows` values for each column, in the order of the signature. */
  readonly feed: (cells: readonly (readonly Value[])[], rows: number) => Feed;
}

/**
 * Binds each column to the input of its name, or all of them to one input of numbers in the order of the signature.
 * @throws TG-SERVING-MODEL-INPUTS when they do not fit.
 */
export function bindInputs(signature: readonly FeatureColumn[], inputs: readonly InputTensor[]): InputBinding {
  const [only] = inputs;
  const named = new Set(signature.map((column) => column.name));
  if (inputs.length === 1 && only !== undefined && !named.has(only.name)) return bindMatrix(signature, only);
  return bindByName(signature, inputs);
}

function bindMatrix(signature: readonly FeatureColumn[], input: InputTensor): InputBinding {
  if (input.width !== signature.length)
    throw unfit(`its input "${input.name}" takes ${input.width} values a row, the signature has ${signature.length} columns`);
  const columns = signature.map((column) => bind(column, input));
  return {
    columns,
    feed: (cells, rows) => {
      const values: Value[] = [];
      for (let row = 0; row < rows; row++) for (const column of cells) values.push(column[row] ?? null);
      return { rows, values: [values] };
    },
  };
}

function bindByName(signature: readonly FeatureColumn[], inputs: readonly InputTensor[]): InputBinding {
  const names = signature.map((column) => column.name);
  const unknown = inputs.find((input) => !names.includes(input.name));
  if (unknown !== undefined) throw unfit(`it takes "${unknown.name}", which the signature does not have`, near(unknown.name, names));
  const columns = signature.map((column) => {
    const input = inputs.find((candidate) => candidate.name === column.name);
    if (input === undefined)
      throw unfit(
        `it has no input "${column.name}"`,
        near(
          column.name,
          inputs.map((candidate) => candidate.name),
        ),
      );
    if (input.width !== 1) throw unfit(`its input "${input.name}" takes ${input.width} values a row, not one`);
    return bind(column, input);
  });
  const order = inputs.map((input) => names.indexOf(input.name));
  return { columns, feed: (cells, rows) => ({ rows, values: order.map((index) => cells[index] ?? []) }) };
}

function bind(column: FeatureColumn, { name, kind, nullable }: InputTensor): BoundColumn {
  if (!fits(column.type, kind)) throw unfit(`its input "${name}" is of type ${kind}, the column "${column.name}" is ${column.type}`);
  return { ...column, kind, nullable };
}

/** Whether values of a column can go into an input. */
export function fits(type: FeatureColumn['type'], kind: TensorKind): boolean {
  if (type === 'boolean') return kind !== 'string';
  if (type === 'number' || type === 'integer') return kind !== 'string' && kind !== 'bool';
  return kind === 'string';
}

function near(name: string, names: readonly string[]): string | null {
  const best = nearest(name, names);
  return best === null ? null : `Did you mean "${best}"?`;
}

function unfit(found: string, hint: string | null = null): Error {
  return failure(
    'TG-SERVING-MODEL-INPUTS',
    `Cannot use the model: ${found}`,
    hint ?? 'Export it with one [N,1] input a column, named as the column, or with one [N,C] input of numbers',
  );
}
