import type { ErrorEntry } from './entry.ts';

/** Codes of `models`. A code is never reused: a retired one stays with `retired: true`. */
export const modelsErrors = {
  'TG-MODELS-FLAVOR': {
    title: 'Kind of model file not known',
    cause: 'The extension of the model file names no way to run it.',
    fix: 'Let the training step write .onnx, .pkl, .pickle, .joblib, or a .py file with a predict function.',
    exit: 2,
  },
  'TG-MODELS-COLUMN': {
    title: 'No such column in the test set',
    cause: 'The label or a slice under `evaluate:` is no column of the test set.',
    fix: 'Correct the name under `evaluate:`; the message lists the columns.',
    exit: 2,
  },
  'TG-MODELS-LABEL': {
    title: 'Label does not fit the model',
    cause: 'A regression needs a label of numbers, a classifier of two classes a label of two values.',
    fix: 'Name another label under `evaluate:`, or train the model for this one.',
    exit: 2,
  },
  'TG-MODELS-INPUT-MISSING': {
    title: 'Input of the model missing',
    cause: 'The model takes an input that the test set has no column for.',
    fix: 'Rename the input where the model is trained, or add the column to the feature service or dataset.',
    exit: 2,
  },
  'TG-MODELS-INPUT-WITHHELD': {
    title: 'Model takes what it must not know',
    cause: 'The model takes the label, an id, a time, or a column listed under `ignore:` as an input.',
    fix: 'Train it without that column.',
    exit: 2,
  },
  'TG-MODELS-METRIC-TASK': {
    title: 'Metric does not fit the model',
    cause: 'A metric of classifiers is asked of a regression, or the other way round.',
    fix: 'Name metrics of the right kind under `metrics:`; docs/reference/metrics.md lists them.',
    exit: 2,
  },
  'TG-MODELS-SLICE-VALUES': {
    title: 'Slice with too many values',
    cause: 'A column under `slices:` has more than 200 values: it is an id or a number, not a group.',
    fix: 'Slice by a coarser column.',
    exit: 2,
  },
  'TG-MODELS-PROGRAM': {
    title: 'Model process ended',
    cause: 'The process that loads and runs the model ended without saying why, for instance for lack of memory.',
    fix: 'Run the model by hand on a few rows in the same environment; its last output is in the message.',
    exit: 1,
  },
  'TG-MODELS-NOT-KEPT': {
    title: 'Trained from something that changed meanwhile',
    cause:
      'A file that the training step reads was edited while it ran, so its result was not kept and nothing says what the model was made from.',
    fix: 'Run again when nothing is edited meanwhile: `tidegate run`.',
    exit: 1,
  },
  'TG-MODELS-UNSAFE': {
    title: 'Model file not safe to load',
    cause:
      'The model file uses something that is on no list of harmless names, refers to files outside its folder, or is not as its format says.',
    fix: 'Export the model as ONNX; where the pickle uses a class of your own package, name it under `trust:` of the model.',
    exit: 3,
  },
  'TG-MODELS-SIGNATURE': {
    title: 'Signature of a model not trusted',
    cause: 'The signature is of another key, of other files, not as the OpenSSF Model Signing format says, or there is none.',
    fix: 'Get model, signature and key from whoever signed it, and verify again: `tidegate models verify FOLDER --key PUBLIC.pem`.',
    exit: 3,
  },
  'TG-MODELS-EXPORT': {
    title: 'Model does not fit the format',
    cause: 'The format that a model is to be exported in cannot hold a model of this kind.',
    fix: 'Let the training step write ONNX, or choose another `--format`.',
    exit: 2,
  },
  'TG-MODELS-IMPORT': {
    title: 'Model cannot be imported',
    cause: 'What is to be imported is no model that can be taken or converted, or the packages that convert it are missing.',
    fix: 'Bring it as ONNX, or as a pickle of scikit-learn, LightGBM or XGBoost, with skl2onnx (and onnxmltools) in the requirements.',
    exit: 1,
  },
  'TG-MODELS-PARITY': {
    title: 'Converted model answers otherwise',
    cause: 'The ONNX copy of a model gives other numbers than the original for some rows.',
    fix: 'Keep the pickle as the model of a step, or train one that converts.',
    exit: 3,
  },
  'TG-MODELS-UNKNOWN': {
    title: 'No such model version',
    cause: 'No model version of this project has that digest.',
    fix: 'Run `tidegate models` for the versions there are.',
    exit: 2,
  },
  'TG-MODELS-BEHAVIOUR': {
    title: 'Behaviour test does not fit the model',
    cause: 'A behaviour test changes or gives an input that the model does not take, or asks for a direction of an answer that has none.',
    fix: 'Correct the test; the message names the file, the test and the nearest input.',
    exit: 2,
  },
  'TG-MODELS-METRIC-FUNCTION': {
    title: 'Own metric gives no numbers',
    cause:
      'The Python function of a metric under `evaluate.custom` raised an error, or returned something else than a number or a pair for each row.',
    fix: 'Correct the function; the message names its line. What it is given and may return is in docs/reference/metrics.md.',
    exit: 2,
  },
} as const satisfies Record<string, ErrorEntry>;
