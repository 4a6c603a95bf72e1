import type { ErrorEntry } from './entry.ts';

/** Codes of `config`. A code is never reused: a retired one stays with `retired: true`. */
export const configErrors = {
  'TG-CONFIG-FILE-MISSING': {
    title: 'File missing',
    cause: 'A file that Tidegate was told to read is not there or cannot be opened.',
    fix: 'Make the file, or correct its name where it is mentioned.',
    exit: 2,
  },
  'TG-CONFIG-PUSH': {
    title: 'Pushed rows would not be read',
    cause: 'The folder under `push` of a dataset is read by no pattern of its `from`, so that rows that are pushed would be no rows of it.',
    fix: 'Add a pattern such as `data/weather/pushed/*.parquet`, or name a folder that a pattern reads.',
    exit: 2,
  },
  'TG-CONFIG-NOT-TEXT': {
    title: 'File is not text',
    cause: 'The file is not UTF-8, or holds control characters, as a binary file or one in an old encoding does.',
    fix: 'Save it as UTF-8 without control characters.',
    exit: 2,
  },
  'TG-CONFIG-YAML-SYNTAX': {
    title: 'Not YAML',
    cause: 'The text breaks the grammar of YAML: a tab as indentation, a bracket or quote that is not closed, an alias without anchor.',
    fix: 'Correct the text at the place shown.',
    exit: 2,
  },
  'TG-CONFIG-YAML-LIMIT': {
    title: 'File beyond a limit',
    cause: 'The file is larger or deeper than anything written by hand, or its aliases grow without end.',
    fix: 'Move data out of the file and write it flatter.',
    exit: 2,
  },
  'TG-CONFIG-YAML-UNSUPPORTED': {
    title: 'YAML beyond JSON',
    cause:
      'The file uses a part of YAML that is refused: tags, directives, several documents, names that are not text, numbers that lose digits.',
    fix: 'Write it without; every value must be one that JSON can carry.',
    exit: 2,
  },
  'TG-CONFIG-DUPLICATE-NAME': {
    title: 'Name twice',
    cause: 'A mapping has the same name twice; other readers of YAML would silently take the last one.',
    fix: 'Delete or rename one of the two.',
    exit: 2,
  },
  'TG-CONFIG-INVALID': {
    title: 'Value not valid',
    cause: 'A value is of the wrong kind, out of range, or missing.',
    fix: 'Correct the value; docs/reference/tidegate-yaml.md lists what each takes.',
    exit: 2,
  },
  'TG-CONFIG-UNKNOWN-NAME': {
    title: 'Unknown name',
    cause: 'A mapping holds a name that does not exist there, often by a slip of the keyboard.',
    fix: 'Correct the name; the message proposes the nearest one.',
    exit: 2,
  },
  'TG-CONFIG-UNKNOWN-REFERENCE': {
    title: 'Nothing has that name',
    cause: 'A value names a dataset, step, output, model, metric, environment or file that is not there.',
    fix: 'Correct the name; the message proposes the nearest one or lists what there is.',
    exit: 2,
  },
  'TG-CONFIG-CONFLICT': {
    title: 'Values do not go together',
    cause: 'Two values of the file contradict each other, for instance two outputs at one path.',
    fix: 'Change one of the two.',
    exit: 2,
  },
  'TG-CONFIG-CYCLE': {
    title: 'Order without a start',
    cause: 'Environments wait for one another in a circle.',
    fix: 'Delete one of the `after` values that are shown.',
    exit: 2,
  },
  'TG-CONFIG-NOT-SUPPORTED-YET': {
    title: 'Not supported yet',
    cause:
      'The file uses a part of the design that this version of Tidegate does not have; it is refused, so that it is never silently ignored.',
    fix: 'Delete it, or do as the message proposes.',
    exit: 2,
  },
  'TG-CONFIG-LOCK-CONFLICT': {
    title: 'Lock file in a merge',
    cause: 'Two branches moved the same pin of `tidegate.lock`, and Git has marked the conflict in the file.',
    fix: 'Keep either side of each conflict, then run `tidegate run`.',
    exit: 2,
  },
  'TG-CONFIG-MORE-MISTAKES': {
    title: 'More mistakes',
    cause: 'The file has more mistakes than are worth showing at once.',
    fix: 'Correct the ones shown and run the command again.',
    exit: 2,
  },
} as const satisfies Record<string, ErrorEntry>;
