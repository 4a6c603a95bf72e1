import type { shape } from '@tidegate/formats';
import { join } from 'node:path';
import { statSync } from '../../platform/index.ts';
import { databases } from './check-sources.ts';
import { canOverlap } from '../overlap.ts';
import { pushedFile } from '../pushed-file.ts';
import { pythonCommand } from '../python-command.ts';
import { type Check, membersOf } from './draft.ts';

/** Files that the configuration names are there: data contracts, the requirements file, the folder of features. */
export const checkFiles: Check = (draft, report, root) => {
  const expect = (path: shape.Path, file: string | undefined, what: 'file' | 'folder', make = `Make the ${what}`): void => {
    if (file === undefined) return;
    const found = statSync(join(root, file), { throwIfNoEntry: false });
    if (found !== undefined && (what === 'file' ? found.isFile() : found.isDirectory())) return;
    const state = found === undefined ? 'it is not there' : `it is not a ${what}`;
    const hint = `${make}, or correct the path: paths are relative to "tidegate.yaml"`;
    report(path, { code: 'TG-CONFIG-FILE-MISSING', message: `Cannot read the ${what} "${file}": ${state}`, hint });
  };
  expect(['python', 'requirements'], draft.python?.requirements, 'file');
  expect(['r', 'lock'], draft.r?.lock, 'file');
  expect(['features', 'definitions'], draft.features?.definitions, 'folder');
  for (const [name, dataset] of membersOf(draft.data)) {
    const { contract } = dataset ?? {};
    expect(['data', name, 'contract'], contract, 'file', `Make it with "tidegate data infer ${name} --write ${contract ?? ''}"`);
    for (const kind of databases) {
      const query = dataset?.from?.[kind]?.query;
      if (query?.endsWith('.sql') === true) expect(['data', name, 'from', kind, 'query'], query, 'file');
    }
  }
};

/** Rows that are pushed are rows of the dataset: its source reads the folder. */
export const checkPush: Check = (draft, report) => {
  for (const [name, dataset] of membersOf(draft.data)) {
    const { push } = dataset ?? {};
    const files = (dataset?.from?.files ?? []).flatMap((pattern) => pattern ?? []);
    const isOfFiles = dataset?.from === undefined || 'files' in dataset.from || Object.keys(dataset.from).length === 0;
    if (push === undefined || !isOfFiles || files.some((pattern) => canOverlap(pattern, `${push}/${pushedFile('2013-01-01')}`))) continue;
    report(['data', name, 'push'], {
      code: 'TG-CONFIG-PUSH',
      message: `Cannot push rows into "${push}": no pattern of "data.${name}.from.files" reads what is written there`,
      hint: `Add a pattern: files: [${[...files, `${push}/*.parquet`].join(', ')}]`,
    });
  }
};

/** A dataset has a source, and a suite of tests either a command, cases, a table or a sample. */
export const checkAlternatives: Check = (draft, report) => {
  for (const [name, dataset] of membersOf(draft.data))
    if (dataset?.from !== undefined && Object.keys(dataset.from).length === 0)
      report(['data', name, 'from'], {
        code: 'TG-CONFIG-INVALID',
        message: `"data.${name}.from" has no "files", which is required`,
        hint: 'Add "files:" with a path or pattern',
      });
  for (const [name, suite] of membersOf(draft.tests)) {
    if (suite === undefined) continue;
    const has = {
      run: 'run' in suite,
      cases: 'cases' in suite,
      table: 'table' in suite,
      sample: 'sample' in suite,
      golden: 'golden' in suite,
    };
    const kinds = Object.values(has).filter(Boolean).length;
    if (kinds !== 1)
      report(['tests', name], {
        code: 'TG-CONFIG-INVALID',
        message: `"tests.${name}" must have either "run", "cases", "table", "golden" or "sample": found ${kinds > 1 ? 'several' : 'none'}`,
        hint: kinds > 1 ? 'Delete the others, or make several suites' : 'Add "run:" with a command',
      });
    if (has.table !== 'properties' in suite)
      report(['tests', name], {
        code: 'TG-CONFIG-INVALID',
        message: `"tests.${name}" has ${has.table ? 'no "properties"' : '"properties" of no table'}`,
        hint: has.table ? 'Say what holds: properties: { unique: id }' : 'Name the table: table: steps.clean/table',
      });
    if (has.golden !== 'expect' in suite)
      report(['tests', name], {
        code: 'TG-CONFIG-INVALID',
        message: `"tests.${name}" has ${has.golden ? 'no "expect"' : '"expect" without "golden"'}`,
        hint: has.golden
          ? 'Name the file with the expected rows, which "tidegate test --accept" writes: expect: tests/golden/clean.csv'
          : 'Name the output of a step: golden: steps.clean/table',
      });
    for (const other of ['given', 'key', 'tolerance'] as const)
      if (!has.golden && other in suite)
        report(['tests', name, other], {
          code: 'TG-CONFIG-CONFLICT',
          message: `Cannot use "${other}" without "golden"`,
          hint: `Delete "${other}", or name the output of a step: golden: steps.clean/table`,
          at: 'name',
        });
    if (has.golden && (suite.tolerance ?? 0) > 0 && suite.key === undefined)
      report(['tests', name, 'tolerance'], {
        code: 'TG-CONFIG-CONFLICT',
        message: 'Cannot use "tolerance" without "key": which rows belong together is not known',
        hint: 'Name the columns that tell rows apart: key: id',
        at: 'name',
      });
    if (has.sample !== 'by' in suite)
      report(['tests', name], {
        code: 'TG-CONFIG-INVALID',
        message: `"tests.${name}" has ${has.sample ? 'no "by"' : '"by" without "sample"'}`,
        hint: has.sample ? 'Name the columns that tell entities apart: by: user_id' : 'Add the share: sample: 1%',
      });
    if (suite.sample === 0)
      report(['tests', name, 'sample'], {
        code: 'TG-CONFIG-INVALID',
        message: 'A sample must be more than nothing: found 0',
        hint: 'Write "1%"',
      });
    if (suite.select === 'affected' && suite.run !== undefined && !pythonCommand(suite.run.map(String)).isPytest)
      report(['tests', name, 'select'], {
        code: 'TG-CONFIG-CONFLICT',
        message: `Cannot use "select" with "${suite.run[0] ?? ''}": only pytest tells which files each of its tests depends on`,
        hint: 'Write "run: pytest …", or cut the suite into several, each with the files that it reads under "in"',
        at: 'name',
      });
    for (const other of ['in', 'variables', 'timeout', 'report', 'coverage', 'reruns', 'select', 'quarantine'] as const)
      if (kinds === 1 && !has.run && other in suite)
        report(['tests', name, other], {
          code: 'TG-CONFIG-CONFLICT',
          message: `Cannot use "${other}" with "${has.cases ? 'cases' : has.table ? 'table' : has.golden ? 'golden' : 'sample'}": no command is run`,
          hint: `Delete "${other}"`,
          at: 'name',
        });
  }
};
