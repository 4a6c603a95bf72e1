import type { ErrorEntry } from './entry.ts';

/** Codes of `data`. A code is never reused: a retired one stays with `retired: true`. */
export const dataErrors = {
  'TG-DATA-NO-FILES': {
    title: 'Dataset without files',
    cause: 'No file of the project matches what the dataset reads `from`.',
    fix: 'Correct the path or pattern under `data:` in tidegate.yaml, or put the files there.',
    exit: 2,
  },
  'TG-DATA-NOT-PROFILED': {
    title: 'Version without a profile',
    cause: 'The files of the version have no rows, or it was made without reading all of them, or by an earlier Tidegate that kept less.',
    fix: 'Run the step of the dataset where its rows can be read: `tidegate run data.NAME`.',
    exit: 2,
  },
  'TG-DATA-NOT-READ': {
    title: 'Source that was never read',
    cause:
      'The dataset comes from a database or another place, and nothing was read of it here; or the version that is pinned is nowhere at hand.',
    fix: 'Run `tidegate run`, which reads what was never read, where the source can be reached.',
    exit: 1,
  },
  'TG-DATA-FORMAT': {
    title: 'File format not known',
    cause: 'A file of the dataset is neither Parquet nor CSV nor JSON lines by its extension, or the dataset mixes them.',
    fix: 'Narrow the pattern to files of one format, or split the dataset in two.',
    exit: 2,
  },
  'TG-DATA-FILE-EMPTY': {
    title: 'File without rows',
    cause: 'A file of the dataset has no bytes or no rows, as an export that broke off leaves it.',
    fix: 'Write the file again, or remove it.',
    exit: 1,
  },
  'TG-DATA-FILE-BROKEN': {
    title: 'File cannot be read',
    cause: 'A file of the dataset is cut off, damaged, or not of the format its extension says.',
    fix: 'Write or copy the file again.',
    exit: 1,
  },
  'TG-DATA-CSV-ROW': {
    title: 'CSV row does not fit',
    cause: 'A row of a CSV file has more or fewer values than the header has columns, or a quote that is never closed.',
    fix: 'Correct the row at the line named; put values that hold the delimiter or a line break in double quotes.',
    exit: 1,
  },
  'TG-DATA-COLUMN-TWICE': {
    title: 'Column twice',
    cause: 'The header of a file names two columns alike, capitals aside; a query could not tell them apart.',
    fix: 'Rename one of the two columns.',
    exit: 1,
  },
  'TG-DATA-TYPE-CONFLICT': {
    title: 'Column with two types',
    cause: 'A column has a type in one file of the dataset that cannot be brought together with its type in another.',
    fix: 'Write the column with one type in all files.',
    exit: 1,
  },
  'TG-DATA-PARTITION': {
    title: 'Partition not known',
    cause:
      'A file of a dataset with `partitions:` lies in no folder such as `day=2026-01-02`, or in one whose value is of another kind than asked for.',
    fix: 'Move the file into such a folder, rename the folder, or narrow the pattern under `data:` in tidegate.yaml.',
    exit: 2,
  },
  'TG-DATA-CONTRACT-OBJECT': {
    title: 'Data contract does not describe the dataset',
    cause: 'Several objects stand under `schema:` of the data contract, and none has the name of the dataset.',
    fix: 'Give one of them the name of the dataset.',
    exit: 2,
  },
  'TG-DATA-CONTRACT-VALUE': {
    title: 'Data contract promises something impossible',
    cause:
      'A rule of the data contract lacks a part, has a value that its column cannot have, or names a column that the contract does not.',
    fix: 'Correct the rule at the place shown; docs/reference/data-contract.md lists what each takes.',
    exit: 2,
  },
  'TG-DATA-CONTRACT-METRIC': {
    title: 'Metric not known',
    cause: 'A quality rule names a metric that the Open Data Contract Standard does not have, or has elsewhere.',
    fix: 'Use nullValues, missingValues, invalidValues, duplicateValues on a column, or duplicateValues, rowCount on the object.',
    exit: 2,
  },
  'TG-DATA-CONTRACT-PATTERN': {
    title: 'Pattern cannot be used',
    cause: 'A pattern is no regular expression of RE2, which has no look-around and no back-references so that it always ends.',
    fix: 'Write the pattern without them.',
    exit: 2,
  },
  'TG-DATA-CONTRACT-QUERY': {
    title: 'Query of a check cannot be run',
    cause: 'A quality rule of type sql is not one SELECT with one number, or reads something other than the dataset.',
    fix: 'Correct the query: one SELECT over {object} that gives one row with one number.',
    exit: 2,
  },
  'TG-DATA-CONTRACT-SERVER': {
    title: 'Server of a data contract cannot be read',
    cause:
      'The data contract has no server of that name, or one of a type that Tidegate does not read, or it lacks what says where the data is.',
    fix: 'Name a server of type local, duckdb, postgres, mysql or s3, or the files themselves with `--data`.',
    exit: 2,
  },
  'TG-DATA-CONTRACT-FOREIGN': {
    title: 'No data contract can be made of the file',
    cause:
      'What is to be imported is no document of the tool that was named, or of none that is known; or Python could not tell what a Pandera schema says.',
    fix: 'Name the tool by `--from`, and correct what the message says of the file.',
    exit: 2,
  },
  'TG-DATA-HOLDOUT': {
    title: 'Nothing held out',
    cause: 'The dataset is so small, or its share so near to 0 or 1, that one side of the split has no row.',
    fix: 'Change `holdout` of the dataset, or give it more rows.',
    exit: 1,
  },
  'TG-DATA-PUSH': {
    title: 'Dataset takes no pushed rows',
    cause:
      'The dataset names no folder for rows that are pushed, is not kept as Parquet, or was never read, so that its columns are not known.',
    fix: 'Add `push:` to the dataset in tidegate.yaml, and run `tidegate run data.NAME` once.',
    exit: 2,
    http: 409,
  },
  'TG-DATA-VERSION': {
    title: 'Dataset version cannot be read',
    cause: 'The record of a dataset version was written by another version of Tidegate.',
    fix: 'Run `tidegate run`: the version is made again.',
    exit: 1,
  },
  'TG-DATA-MERGE': {
    title: 'No version of what was merged',
    cause: 'Two versions of a dataset were merged, and the step that makes a version of the files or rows of both failed.',
    fix: 'Do what the message says of the rows; or keep one of the two versions in tidegate.lock, and make the other changes by hand.',
    exit: 1,
  },
  'TG-DATA-DVC': {
    title: 'Data of DVC cannot be taken over',
    cause:
      'A file that a `.dvc` file or a `dvc.lock` names is missing in the cache of DVC, damaged, or not where the dataset has its files.',
    fix: 'Fetch it where DVC works (`dvc fetch`), or name the path that DVC has under `from` of the dataset.',
    exit: 1,
  },
  'TG-DATA-POINTER': {
    title: 'Pointer of Git LFS in the place of data',
    cause: 'A file of the dataset is the pointer that Git LFS leaves where it has not fetched the file.',
    fix: 'Run `git lfs pull`, then the command again.',
    exit: 1,
  },
  'TG-DATA-QUARANTINE': {
    title: 'Rows cannot be put aside',
    cause: 'The dataset has `quarantine:` and no data contract, or it names a check that is no check of rows of the data contract.',
    fix: 'Name checks as `tidegate data show NAME` lists them, such as `distance.maximum`, or none: then every check of rows that fails counts.',
    exit: 1,
  },
  'TG-DATA-PYTHON-CHECK': {
    title: 'Python check gives no answer',
    cause:
      'The function of a `python` check is not there, raised an exception, took longer than its time limit, or returned what is no number of rows, no mask and no list of row numbers.',
    fix: 'Correct the function at the line that the message names; what it may return is in [checks](../reference/checks.md#in-python).',
    exit: 1,
  },
  'TG-DATA-NO-PYARROW': {
    title: 'Python of the project without pyarrow',
    cause: 'A `python` check is handed its rows as Arrow record batches, and the Python of the project cannot import `pyarrow`.',
    fix: 'Add `pyarrow` to the locked requirements file that `python:` names, or install it for the interpreter that the project uses.',
    exit: 1,
  },
  'TG-DATA-TABLE-KEY': {
    title: 'Rows are not told apart by the key',
    cause: 'The key of a table is no column of it, has no value in some row, or two rows have the same one.',
    fix: 'Name other columns as `key` of the dataset, correct the rows, or give no key: rows are then compared as a whole.',
    exit: 1,
  },
  'TG-DATA-FORGET': {
    title: 'Rows cannot be forgotten',
    cause:
      'The dataset is no table with a key, or what is given is no key of it: another column, a value that the column cannot have, no key at all.',
    fix: 'Give the dataset a key (`table: { key: … }`), and name rows by its columns: `tidegate data forget NAME --key id=4711`.',
    exit: 2,
  },
  'TG-DATA-FORGET-BUSY': {
    title: 'Rows cannot be forgotten while a run goes on',
    cause: 'A run of the project or a merge of its data is under way, which may read the rows, or store what it made of them.',
    fix: 'Wait until it has ended, or end it, and call `tidegate data forget` again.',
    exit: 1,
  },
  'TG-DATA-FORGOTTEN': {
    title: 'Forgotten rows in a version',
    cause: 'A version that is to be shared has rows that another machine has forgotten: it was made here before this machine knew of that.',
    fix: 'Make the version anew, which leaves them out: `tidegate data commit NAME --all`.',
    exit: 1,
  },
} as const satisfies Record<string, ErrorEntry>;
