import type { ErrorEntry } from './entry.ts';

/** Codes of `features`. A code is never reused: a retired one stays with `retired: true`. */
export const featuresErrors = {
  'TG-FEATURES-DEFINITION': {
    title: 'Mistake in feature definitions',
    cause: 'A YAML file of the definitions names what is not there, names something twice, or takes what cannot be a feature.',
    fix: 'Correct it at the place shown; docs/reference/features.md describes the format.',
    exit: 2,
  },
  'TG-FEATURES-COLUMN': {
    title: 'Column missing or of a type that cannot be used',
    cause: 'The definitions name a column that the SQL does not give, or give it a use that its type does not allow.',
    fix: 'Correct the name, or select or cast the column in the SQL.',
    exit: 2,
  },
  'TG-FEATURES-ROWS': {
    title: 'Rows of a service are not one for each prediction',
    cause: 'The SQL of the rows gives an id twice or not at all, or a row without a time.',
    fix: 'Correct the SELECT so that every row has an id of its own and a time.',
    exit: 2,
  },
  'TG-FEATURES-SPLIT': {
    title: 'Training or test set without rows',
    cause: 'The split leaves no row for training or none for testing, or no row has a label.',
    fix: 'Change `split` of the service, or bring more data.',
    exit: 2,
  },
  'TG-FEATURES-CASE': {
    title: 'Mistake in a case of feature tests',
    cause: 'A case names a view, a service, a dataset or a column that is not there, or a value that its column cannot have.',
    fix: 'Correct the case at the place shown.',
    exit: 2,
  },
  'TG-FEATURES-KEY-TYPE': {
    title: 'Entity key of the wrong type',
    cause: 'A look-up or a join was given a key of another type than the view has, for instance the text "01" for the number 1.',
    fix: 'Send or select the key in the type that the message names.',
    exit: 2,
    http: 400,
  },
  'TG-FEATURES-SQL': {
    title: 'SQL cannot be computed',
    cause: 'The SQL of a view or of the rows has a mistake, or is not one SELECT.',
    fix: 'Correct the SQL at the place shown.',
    exit: 2,
  },
  'TG-FEATURES-SQL-TABLE': {
    title: 'SQL reads what is no dataset',
    cause: 'The SQL of a view or of the rows names a table that is not under `data:` in tidegate.yaml.',
    fix: 'Correct the name, or declare the dataset.',
    exit: 2,
  },
  'TG-FEATURES-SQL-FUNCTION': {
    title: 'SQL gives something else at every run',
    cause: 'The SQL reads the clock, randomness, a sample or the surroundings, so the same data would not give the same features.',
    fix: 'Use columns of datasets instead.',
    exit: 2,
  },
  'TG-FEATURES-ONLINE-NEWER': {
    title: 'Online store of a newer version',
    cause: 'A newer Tidegate has written the online store.',
    fix: 'Install the newest Tidegate: `npm install -g tidegate@latest`.',
    exit: 2,
  },
  'TG-FEATURES-ONLINE-BROKEN': {
    title: 'Online store is not a database',
    cause: 'The file of the online store was overwritten or damaged.',
    fix: 'Move the file away and fill it anew: `tidegate features materialise`.',
    exit: 1,
  },
  'TG-FEATURES-ONLINE-BUSY': {
    title: 'Online store is being written',
    cause: 'Another process has been writing the online store for a minute.',
    fix: 'Run the command again when the other one has ended.',
    exit: 1,
  },
} as const satisfies Record<string, ErrorEntry>;
