import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { casesOf, makeRelease, type TestRelease } from './test-release.ts';
import { startServer, type TestServer } from './test-server.ts';

let release: TestRelease;
let classifier: TestRelease;
let server: TestServer;
let classes: TestServer;
before(async () => {
  [release, classifier] = await Promise.all([
    makeRelease({ file: 'regression.onnx', flavor: 'onnx' }),
    makeRelease({ file: 'multiclass.onnx', flavor: 'onnx' }),
  ]);
  [server, classes] = await Promise.all([
    startServer(['--release', release.folder, '--row-limit', '50']),
    startServer(['--release', classifier.folder]),
  ]);
});
after(async () => {
  await Promise.all([server.stop(), classes.stop()]);
  await Promise.all([release.remove(), classifier.remove()]);
});

interface Answered {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

async function post(path: string, body: string, headers: { readonly [name: string]: string }, to = server): Promise<Answered> {
  const answer = await fetch(`${to.address}${path}`, { method: 'POST', headers, body });
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', text: await answer.text() };
}

const json = { 'content-type': 'application/json' };
const cell = (value: unknown): string => (value === null ? '' : String(value));

function close(found: unknown, wanted: readonly unknown[]): void {
  assert.ok(Array.isArray(found) && found.length === wanted.length, JSON.stringify(found));
  for (const [index, value] of found.entries())
    assert.ok(Math.abs(Number(value) - Number(wanted[index])) < 1e-4, `row ${index}: ${String(value)} for ${String(wanted[index])}`);
}

const predictionsIn = ({ status, text }: Answered): unknown => {
  assert.equal(status, 200, text);
  return (JSON.parse(text) as { predictions: unknown }).predictions;
};

test('rows in every form that other servers take are answered with the same values', async () => {
  const { rows, prediction } = await casesOf('regression');
  const names = ['town', 'area', 'rooms'];
  const lists = rows.map((row) => names.map((name) => row[name] ?? null));
  const columns = Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));
  const bodies: readonly (readonly [string, object])[] = [
    ['/v1/models/tide:predict', { instances: rows }],
    ['/v1/models/tide:predict', { instances: lists }],
    ['/invocations', { instances: lists }],
    ['/invocations', { dataframe_records: rows }],
    ['/invocations', { dataframe_split: { columns: names, data: lists, index: rows.map((_, index) => index) } }],
    ['/invocations', { dataframe_split: { columns: names.toReversed(), data: lists.map((list) => list.toReversed()) } }],
    ['/invocations', { inputs: columns }],
    ['/invocations', { inputs: rows }],
    ['/invocations', { rows }],
  ];

  for (const [path, body] of bodies) close(predictionsIn(await post(path, JSON.stringify(body), json)), prediction);
});

test('CSV and lines of JSON are read with a header and without, and written when they are asked for', async () => {
  const { rows, prediction } = await casesOf('regression');
  const names = ['town', 'area', 'rooms'];
  const plain = rows.map((row) => names.map((name) => cell(row[name])).join(',')).join('\r\n');
  const csv = { 'content-type': 'text/csv' };

  close(predictionsIn(await post('/invocations', plain, csv)), prediction);
  close(predictionsIn(await post('/invocations', `${names.join(',')}\n${plain}\n`, csv)), prediction);
  close(predictionsIn(await post('/invocations', plain, { 'content-type': 'text/csv; charset=utf-8; header=absent' })), prediction);
  const written = await post('/invocations', plain, { ...csv, accept: 'text/csv' });
  assert.match(written.type, /^text\/csv/);
  close(written.text.trimEnd().split('\n'), prediction);

  const lines = rows.map((row) => JSON.stringify(row)).join('\n');
  const answered = await post('/invocations', lines, { 'content-type': 'application/jsonlines', accept: 'application/jsonlines' });
  assert.equal(answered.type, 'application/jsonlines');
  close(
    answered.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
    prediction,
  );
});

test('a classifier answers with its classes, as the predict of scikit-learn does', async () => {
  const { rows, prediction } = await casesOf('multiclass');

  assert.deepEqual(predictionsIn(await post('/invocations', JSON.stringify({ instances: rows }), json, classes)), prediction);
  const csv = await post('/invocations', JSON.stringify({ instances: rows }), { ...json, accept: 'text/csv' }, classes);
  assert.deepEqual(csv.text.trimEnd().split('\n'), prediction);
});

test('health, version and limits are answered where SageMaker, KServe and MLflow ask', async () => {
  const get = async (path: string): Promise<readonly [number, string]> => {
    const answer = await fetch(`${server.address}${path}`);
    return [answer.status, await answer.text()];
  };

  assert.equal((await get('/ping'))[0], 200);
  assert.equal((await get('/health'))[0], 200);
  assert.deepEqual(await get('/version'), [200, '0.1.0']);
  assert.deepEqual(await get('/v1/models'), [200, '{"models":["tide"]}']);
  assert.deepEqual(await get('/v1/models/tide'), [200, '{"name":"tide","ready":true}']);
  assert.deepEqual(await get('/execution-parameters'), [
    200,
    '{"MaxConcurrentTransforms":1,"BatchStrategy":"MULTI_RECORD","MaxPayloadInMB":10}',
  ]);
});

const wrongs: readonly (readonly [string, string, { readonly [name: string]: string }, number, RegExp])[] = [
  ['no rows', '{"data":[]}', json, 400, /TG-SERVING-BODY.*it has no rows/],
  ['no list', '{"instances":5}', json, 400, /TG-SERVING-BODY.*\\"instances\\" must be a list/],
  ['too few values', '{"instances":[["a",1]]}', json, 400, /TG-SERVING-SHAPE.*row 0: it has 2 values, the service has 3 fields/],
  [
    'an unknown column',
    '{"dataframe_split":{"columns":["town","area","room"],"data":[["a",1,2]]}}',
    json,
    400,
    /TG-SERVING-FIELD-MISSING.*\\"rooms\\" is missing/,
  ],
  ['columns of two lengths', '{"inputs":{"town":["a"],"area":[1,2],"rooms":[1]}}', json, 400, /TG-SERVING-BODY.*one length/],
  ['a text for a number', 'a,much,3', { 'content-type': 'text/csv' }, 400, /TG-SERVING-TYPE.*\\"area\\" must be a number: found the text/],
  ['a number that is none', 'a,NaN,3', { 'content-type': 'text/csv' }, 400, /TG-SERVING-TYPE/],
  ['an open quote', '"a,1,3', { 'content-type': 'text/csv' }, 400, /TG-SERVING-BODY.*a quote is opened and never closed/],
  ['no row at all', '', { 'content-type': 'text/csv' }, 400, /TG-SERVING-BODY/],
  ['too many rows', 'a,1,3\n'.repeat(60), { 'content-type': 'text/csv' }, 413, /TG-SERVING-ROW-LIMIT/],
  ['too many instances', JSON.stringify({ instances: Array(60).fill(['a', 1, 2]) }), json, 413, /TG-SERVING-ROW-LIMIT/],
  ['a broken line', '{"town":"a"\n', { 'content-type': 'application/jsonlines' }, 400, /TG-SERVING-JSON.*line 1/],
  ['a type that is not known', 'x', { 'content-type': 'application/x-npy' }, 415, /TG-SERVING-MEDIA/],
];

for (const [name, body, headers, status, said] of wrongs)
  test(`an invocation with ${name} is refused, and says why`, async () => {
    const answer = await post('/invocations', body, headers);
    const { error, code } = JSON.parse(answer.text) as { error: string; code: string };

    assert.equal(answer.status, status, answer.text);
    assert.match(`${code} ${JSON.stringify(error)}`, said);
  });
