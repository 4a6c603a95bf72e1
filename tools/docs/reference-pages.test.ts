import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { errorCatalogue, errorEntry, isErrorCode, knownMetrics } from '@tidegate/formats';
import { command as serve } from '../../packages/cli/src/commands/serve.ts';
import { openState } from '../../packages/core/src/store/index.ts';
import { repository } from './blocks.ts';
import { spansOf, tableOf } from './tables.ts';

test('exit-codes.md has every exit code of the catalogue of errors', () => {
  const shown = new Set(tableOf('docs/reference/exit-codes.md', 'code').map(([code]) => Number(code)));
  const given = new Set(Object.values(errorCatalogue).map(({ exit }) => exit));

  assert.deepEqual(
    [...given].filter((code) => !shown.has(code)),
    [],
  );
});

test('metrics.md has every metric, what it is for, which way is better, and its default margin', () => {
  const shown = tableOf('docs/reference/metrics.md', 'metric').map(([name = '', tasks, better, , , margin]) => [
    spansOf(name)[0],
    tasks,
    better,
    margin,
  ]);

  assert.deepEqual(
    shown,
    knownMetrics.map(({ name, tasks, needs, higherIsBetter, defaultMargin: { kind, value } }) => [
      name,
      needs === undefined ? forTasks[tasks.join(' ')] : forNeeds[needs],
      higherIsBetter ? 'higher' : 'lower',
      kind === 'absolute' ? String(value) : `${value * 100} % of the champion's`,
    ]),
  );
});

const forNeeds = { query: 'ranking', forecast: 'forecasts' } as const;

const forTasks: { readonly [tasks: string]: string } = {
  binary: 'two classes',
  multilabel: 'labels',
  regression: 'regression',
  'binary multiclass': 'classes',
  'binary multilabel': 'two classes, labels',
  'binary multiclass multilabel': 'classes, labels',
};

test('formats/state.md has the schema, its tables and their columns', () => {
  const page = 'docs/reference/formats/state.md';
  using state = openState(':memory:');
  const rows = (sql: string): readonly string[] =>
    state.database
      .prepare(sql)
      .all()
      .map(({ name }) => String(name));
  const tables = rows("SELECT name FROM sqlite_schema WHERE type = 'table'");
  const shown = tableOf(page, 'table').map(([name = '', , columns = '']) => [
    name,
    spansOf(columns.replaceAll(/\([^)]*\)/g, '')).toSorted(),
  ]);

  assert.deepEqual(
    Object.fromEntries(shown),
    Object.fromEntries(tables.map((table) => [`\`${table}\``, rows(`PRAGMA table_info(${table})`).toSorted()])),
  );
  const { user_version: version } = state.database.prepare('PRAGMA user_version').get() ?? {};
  assert.match(readFileSync(join(repository, page), 'utf8'), new RegExp(`^# State, schema ${Number(version)}\n`));
});

test('serving-api.md has the status of every code that travels by HTTP', () => {
  const shown = tableOf('docs/reference/serving-api.md', 'status').flatMap(([status = '', codes = '']) =>
    spansOf(codes)
      .filter((code) => /^[A-Z-]+$/.test(code))
      .map((code) => [`TG-SERVING-${code}`, Number(status)] as const),
  );
  const travelling = Object.keys(errorCatalogue).filter(
    (code) => code.startsWith('TG-SERVING-') && isErrorCode(code) && errorEntry(code).http !== undefined,
  );

  assert.deepEqual(
    travelling.filter((code) => !shown.some(([one, status]) => one === code && isErrorCode(code) && status === errorEntry(code).http)),
    [],
  );
  assert.deepEqual(
    shown.map(([code]) => code).filter((code) => !isErrorCode(code)),
    [],
  );
});

test('serving-api.md has every option of serve', () => {
  const shown = tableOf('docs/reference/serving-api.md', 'option of `tidegate serve`').flatMap(([options = '']) =>
    spansOf(options).map((span) => span.split(' ', 1).join()),
  );

  assert.deepEqual(
    [...shown].toSorted(),
    Object.keys(serve.options)
      .map((name) => `--${name}`)
      .toSorted(),
  );
});
