import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { type Diagnostic, TidegateError } from '@tidegate/formats';
import type { FeatureDefinitions } from './definitions.ts';
import { viewVersion } from './meaning.ts';
import { readDefinitions } from './read-definitions.ts';

const wholeYaml = `
entities:
  airport: { keys: [code] }
views:
  weather: { entity: airport, sql: weather.sql, time: observed_at, known: published_at, ttl: 3h }
  holidays: { sql: sub/holidays.sql, time: day, features: [is_holiday] }
services:
  delay:
    rows: rows.sql
    id: flight_id
    time: as_of
    label: { column: delayed, known: arrived_at }
    request: [carrier, dest]
    keys_as_features: [origin]
    views:
      - { view: weather, keys: { code: origin } }
      - { view: weather, as: weather_dest, keys: { code: dest } }
      - holidays
    split: { test: last 1 month }
`;
const wholeFiles = { 'a.yaml': wholeYaml, 'weather.sql': 'SELECT 1', 'rows.sql': 'SELECT 2', 'sub/holidays.sql': 'SELECT 3' };

async function read(files: { readonly [name: string]: string }): Promise<FeatureDefinitions> {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-definitions-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = join(root, 'features', name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    return await readDefinitions(root, 'features');
  } finally {
    rmSync(root, { recursive: true });
  }
}

async function mistakesIn(files: { readonly [name: string]: string }): Promise<readonly Diagnostic[]> {
  const error: unknown = await read(files).then(
    () => assert.fail('no mistake was found'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof TidegateError, String(error));
  return error.diagnostics;
}

const view = 'views:\n  weather: { sql: weather.sql, time: t }\n';
const service = (lines: string): string =>
  `${view}services:\n  delay:\n    rows: rows.sql\n    id: id\n    time: at\n    label: late\n${lines}`;
const split = async (text: string) =>
  (await read({ ...wholeFiles, 'a.yaml': service(`    views: [weather]\n    split: { test: ${text} }\n`) })).splits['delay'];

test('views, services, aliases and defaults are read', async () => {
  const { views, services, splits } = await read(wholeFiles);

  assert.deepEqual(views['weather'], {
    source: { sql: 'SELECT 1', what: 'view "weather"', file: 'features/weather.sql' },
    keys: ['code'],
    time: 'observed_at',
    known: 'published_at',
    ttlMs: 10_800_000,
    lookbackMs: null,
    features: null,
  });
  assert.deepEqual([views['holidays']?.keys, views['holidays']?.ttlMs, views['holidays']?.features], [[], null, ['is_holiday']]);
  assert.deepEqual(
    services['delay']?.views.map(({ as, rowKeys }) => [as, rowKeys]),
    [
      ['weather', ['origin']],
      ['weather_dest', ['dest']],
      ['holidays', []],
    ],
  );
  assert.deepEqual([services['delay']?.label, services['delay']?.labelKnown], ['delayed', 'arrived_at']);
  assert.deepEqual(splits, { delay: { kind: 'last-interval', interval: '1 month' } });
});

test('how far a view looks back is read, and is no part of what it means', async () => {
  const { views } = await read({ ...wholeFiles, 'a.yaml': wholeYaml.replace('ttl: 3h', 'ttl: 3h, lookback: 27h') });
  const plain = (await read(wholeFiles)).views['weather'];
  const weather = views['weather'];

  assert.ok(plain !== undefined && weather !== undefined);
  assert.deepEqual([plain.lookbackMs, weather.lookbackMs], [null, 97_200_000]);
  assert.equal(viewVersion(weather), viewVersion(plain));
});

test('definitions may be spread over files', async () => {
  const { services } = await read({
    'views.yaml': view,
    'services.yaml': 'services:\n  delay: { rows: rows.sql, id: id, time: at, label: late, views: [weather] }\n',
    'weather.sql': 'SELECT 1',
    'rows.sql': 'SELECT 2',
  });

  assert.deepEqual(Object.keys(services), ['delay']);
});

test('the test split is written in several ways; the default is the last fifth', async () => {
  assert.deepEqual(await split('last 20%'), { kind: 'last-share', share: 0.2 });
  assert.deepEqual(await split('30d'), { kind: 'last-interval', interval: '30 days' });
  assert.deepEqual(await split('last 2 weeks'), { kind: 'last-interval', interval: '2 weeks' });
  assert.deepEqual(await split('from 2013-08-01'), { kind: 'from', time: '2013-08-01T00:00:00.000Z' });
  assert.deepEqual(await split('from 2013-08-01 06:30'), { kind: 'from', time: '2013-08-01T06:30:00.000Z' });
  assert.deepEqual((await read({ ...wholeFiles, 'a.yaml': service('    views: [weather]\n') })).splits['delay'], {
    kind: 'last-share',
    share: 0.2,
  });
});

test('every mistake is reported at its place', async () => {
  const yaml = `views:
  weather: { entity: airprot, sql: weather.sql, time: t, ttl: 0s }
entities:
  airport: { keys: [code] }
services:
  delay:
    rows: rows.sql
    id: id
    time: at
    label: late
    request: [late, carrier]
    views: [wether]
`;
  const shapes = await mistakesIn({ ...wholeFiles, 'a.yaml': yaml });
  assert.deepEqual(
    shapes.map(({ message, place }) => [place?.line, message]),
    [[2, 'A time to live must be longer than nothing']],
  );

  const names = await mistakesIn({ ...wholeFiles, 'a.yaml': yaml.replace(', ttl: 0s', '') });
  assert.deepEqual(
    names.map(({ message, hint, place }) => [
      place?.line,
      place?.source.slice((place?.column ?? 1) - 1, (place?.column ?? 1) - 1 + (place?.length ?? 0)),
      message,
      hint,
    ]),
    [
      [2, 'airprot', 'Cannot find the entity "airprot"', 'Did you mean "airport"?'],
      [12, 'wether', 'Cannot find the view "wether"', 'Did you mean "weather"?'],
      [11, 'late', 'Cannot take "late" as a feature: it is the label', 'Remove "late" from "request"'],
    ],
  );
});

const mistakes: readonly (readonly [string, { readonly [name: string]: string }, RegExp])[] = [
  [
    'a view that two files define',
    { 'a.yaml': view, 'b.yaml': view, 'weather.sql': 'SELECT 1' },
    /Cannot define "weather" again: it stands in "features\/a.yaml" already/,
  ],
  ['SQL that is not there', { 'a.yaml': view }, /Cannot read "features\/weather.sql": there is no such file/],
  ['SQL outside of the folder', { 'a.yaml': view.replace('weather.sql', '../x.sql') }, /it is outside of the definitions/],
  ['a label as a field', { ...wholeFiles, 'a.yaml': service('    request: [late]\n') }, /it is the label/],
  ['the time of a row as a field', { ...wholeFiles, 'a.yaml': service('    request: [at]\n') }, /it is the time of a row/],
  ['the id as a field', { ...wholeFiles, 'a.yaml': service('    request: [id]\n') }, /it is the id of a row/],
  ['a field twice', { ...wholeFiles, 'a.yaml': service('    request: [a, a]\n') }, /it stands there twice/],
  [
    'a key that no view has',
    { ...wholeFiles, 'a.yaml': service('    views: [weather]\n    keys_as_features: [origin]\n') },
    /no view of the service is joined by it/,
  ],
  [
    'a view joined twice under one name',
    { ...wholeFiles, 'a.yaml': service('    views: [weather, weather]\n') },
    /Cannot join "weather" twice under one name/,
  ],
  [
    'a renamed key that the view has not',
    { ...wholeFiles, 'a.yaml': service('    views: [{ view: weather, keys: { x: y } }]\n') },
    /the view "weather" has no such key/,
  ],
  ['nothing to serve', { ...wholeFiles, 'a.yaml': service('') }, /it has neither request fields nor views/],
  [
    'a split that is none',
    { ...wholeFiles, 'a.yaml': service('    views: [weather]\n    split: { test: yesterday }\n') },
    /The split must be a test split such as/,
  ],
  ['an unknown name', { ...wholeFiles, 'a.yaml': view.replace('time:', 'tme:') }, /Unknown name "tme"/],
  [
    'a feature that is the time',
    { 'a.yaml': view.replace('time: t', 'time: t, features: [t]'), 'weather.sql': 'SELECT 1' },
    /it is a key or a time of the view/,
  ],
  [
    'a name that is no identifier',
    { 'a.yaml': view.replace('weather:', 'my-weather:'), 'weather.sql': 'SELECT 1' },
    /Cannot use the name "my-weather"/,
  ],
];

for (const [what, files, message] of mistakes) {
  test(`${what} is refused`, async () => {
    const found = await mistakesIn(files);

    assert.ok(
      found.some((diagnostic) => message.test(diagnostic.message)),
      found.map((diagnostic) => diagnostic.message).join('\n'),
    );
    for (const { place } of found) assert.notEqual(place, null);
  });
}

test('a folder that is not there is refused', async () => {
  await assert.rejects(readDefinitions(join(tmpdir(), 'tidegate-none'), 'features'), /TG-FEATURES-DEFINITION/);
});
