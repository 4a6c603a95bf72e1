import { compareCodeUnits, failure, type FeatureColumn, type KnownMetric, nearest, type Signature, type Task } from '@tidegate/formats';
import type { Inspection } from './serving-process.ts';

/** What the signature of a model is put together from, besides the model itself. */
export interface SignatureContext {
  readonly model: string;
  readonly metrics: readonly KnownMetric[];
  readonly label: string;
  readonly labels: LabelValues;
  /** What a model may take: the columns of the test set but the label, ids, times and ignored ones. */
  readonly available: readonly FeatureColumn[];
  /** The other columns of the test set. */
  readonly withheld: readonly string[];
}

/** What the label of the test set looks like. */
export interface LabelValues {
  readonly isNumeric: boolean;
  /** Whether a row has a list of labels; `values` are those that occur in them. */
  readonly isList: boolean;
  /** As text, without repetition; no more than {@link mostClasses} and one. */
  readonly values: readonly string[];
}

/** A label with more values than this names no classes. */
export const mostClasses = 1000;

/**
 * What a model takes and gives: what its file says, and where that is silent, what it is evaluated by.
 *
 * @throws TG-MODELS-INPUT-MISSING, TG-MODELS-INPUT-WITHHELD, TG-MODELS-METRIC-TASK, TG-MODELS-LABEL
 */
export function signatureOf(inspection: Inspection, context: SignatureContext): Signature {
  const task = inspection.task ?? taskOf(context);
  requireMetrics(task, context);
  const inputs = inputsOf(inspection, context);
  if (task !== 'regression') return { task, inputs, classes: classesOf(inspection, task, context) };
  if (!context.labels.isNumeric) throw unfitLabel(context, 'it is a regression, and the label', 'is no number');
  return { task, inputs, classes: [] };
}

/** The one task that every metric is made for; between classifiers the number of labels decides. */
function taskOf({ metrics, labels }: SignatureContext): Task {
  const tasks = (['binary', 'multiclass', 'multilabel', 'regression'] as const).filter((task) =>
    metrics.every((metric) => metric.tasks.includes(task)),
  );
  const [first, second] = tasks;
  if (labels.isList) return 'multilabel';
  if (second === undefined) return first ?? 'regression';
  if (labels.isNumeric && tasks.includes('regression') && labels.values.length > 2) return 'regression';
  return labels.values.length > 2 ? 'multiclass' : 'binary';
}

function requireMetrics(task: Task, { model, metrics }: SignatureContext): void {
  const unfit = metrics.find((metric) => !metric.tasks.includes(task));
  if (unfit === undefined) return;
  const kind = {
    binary: 'a classifier of two classes',
    multiclass: 'a classifier of several classes',
    multilabel: 'a model of several labels',
    regression: 'a regression',
  }[task];
  throw failure(
    'TG-MODELS-METRIC-TASK',
    `Cannot measure "${unfit.name}" of the model "${model}": it is ${kind}`,
    `Name other metrics under "metrics:" of models.${model}`,
  );
}

/** By name with the model's own type where it tells one; a model that takes columns by position gets all of them in order. */
function inputsOf({ inputs }: Inspection, context: SignatureContext): readonly FeatureColumn[] {
  if (inputs === null) return context.available;
  return inputs.map(({ name, type }) => {
    const column = columnOf(name, context);
    return { name, type: type ?? column.type };
  });
}

function columnOf(name: string, { model, available, withheld, label }: SignatureContext): FeatureColumn {
  const column = available.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  if (withheld.includes(name))
    throw failure(
      'TG-MODELS-INPUT-WITHHELD',
      `Cannot evaluate the model "${model}": it takes "${name}", ${name === label ? 'the label it is to predict' : 'a column that no model gets (an id, a time, or one under "ignore:")'}`,
      `Train it without "${name}"`,
    );
  const names = available.map((candidate) => candidate.name);
  const near = nearest(name, names);
  throw failure(
    'TG-MODELS-INPUT-MISSING',
    `Cannot evaluate the model "${model}": it takes "${name}", and the test set has no such column`,
    near === null ? `The test set has: ${names.join(', ')}` : `Did you mean "${near}"? Rename the input where the model is trained`,
  );
}

/** The order of the probabilities: the model's own, else that of the sorted labels, as every library has it. */
function classesOf({ classes }: Inspection, task: Exclude<Task, 'regression'>, context: SignatureContext): readonly string[] {
  if (classes.length > 0) return classes;
  const { values } = context.labels;
  if (values.length > mostClasses) throw unfitLabel(context, 'it is a classifier, and the label', `has more than ${mostClasses} values`);
  if (task === 'binary' && values.length > 2)
    throw unfitLabel(context, 'it tells two classes apart, and the label', `has ${values.length} values`);
  if (task === 'binary' && values.length < 2) return withItsOpposite(values[0] ?? '0');
  const isNumeric = values.every((value) => value !== '' && Number.isFinite(Number(value)));
  return values.toSorted(isNumeric ? (a, b) => Number(a) - Number(b) : compareCodeUnits);
}

/** A test set in which only one class occurs is judged invalid later; until then the model needs two names. */
function withItsOpposite(value: string): readonly string[] {
  const pair = [
    ['0', '1'],
    ['false', 'true'],
  ].find((names) => names.includes(value));
  return pair ?? [`not ${value}`, value];
}

function unfitLabel({ model, label }: SignatureContext, before: string, after: string): Error {
  return failure(
    'TG-MODELS-LABEL',
    `Cannot evaluate the model "${model}": ${before} "${label}" ${after}`,
    `Name another label under "evaluate:" of models.${model}`,
  );
}
