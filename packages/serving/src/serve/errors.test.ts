import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeRelease } from './test-release.ts';
import { startServer } from './test-server.ts';

const predict = '/v1/predict';
const infer = '/v2/models/tide/infer';
const json = { 'content-type': 'application/json' };
const row = { count: 1, member: true, exact: 0.5, rough: 0.5 };

interface Wrong {
  readonly name: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: unknown;
  /** Sent as it is instead of `body`. */
  readonly text?: string;
  readonly status: number;
  readonly code: string;
  readonly error: RegExp;
  readonly hint?: RegExp;
}

const tensors = (change: object = {}): object => ({
  inputs: [
    { name: 'count', shape: [1, 1], datatype: 'INT64', data: [1] },
    { name: 'member', shape: [1, 1], datatype: 'BOOL', data: [true] },
    { name: 'exact', shape: [1, 1], datatype: 'FP64', data: [0.5] },
    { name: 'rough', shape: [1, 1], datatype: 'FP32', data: [0.5], ...change },
  ],
});

const wrongs: readonly Wrong[] = [
  {
    name: 'an unknown path',
    path: '/v1/predit',
    status: 404,
    code: 'TG-SERVING-PATH',
    error: /Cannot find "\/v1\/predit"/,
    hint: /Did you mean "\/v1\/predict"\?/,
  },
  {
    name: 'an unknown model',
    path: '/v2/models/tid/infer',
    status: 404,
    code: 'TG-SERVING-PATH',
    error: /Cannot find/,
    hint: /"\/v2\/models\/tide\/infer"/,
  },
  { name: 'a path that climbs', path: '/v2/models/..%2f..%2fetc%2fpasswd', status: 404, code: 'TG-SERVING-PATH', error: /Cannot find/ },
  {
    name: 'a wrong method',
    method: 'DELETE',
    status: 405,
    code: 'TG-SERVING-METHOD',
    error: /Cannot DELETE "\/v1\/predict"/,
    hint: /Use POST/,
  },
  {
    name: 'form data',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    text: 'a=1',
    status: 415,
    code: 'TG-SERVING-MEDIA',
    error: /x-www-form-urlencoded/,
    hint: /application\/json/,
  },
  {
    name: 'a compressed body',
    headers: { ...json, 'content-encoding': 'gzip' },
    text: '{}',
    status: 415,
    code: 'TG-SERVING-MEDIA',
    error: /encoding "gzip"/,
  },
  {
    name: 'binary tensors where rows are taken',
    headers: { ...json, 'inference-header-content-length': '2' },
    text: '{}',
    status: 415,
    code: 'TG-SERVING-MEDIA',
    error: /this path takes JSON/,
    hint: /\/v2\/models\/NAME\/infer/,
  },
  {
    name: 'a length of the JSON that is no number',
    path: infer,
    headers: { 'content-type': 'application/octet-stream', 'inference-header-content-length': '-1' },
    text: '{}',
    status: 415,
    code: 'TG-SERVING-MEDIA',
    error: /a body with "-1" bytes of JSON/,
  },
  {
    name: 'a length of the JSON beyond the body',
    path: infer,
    headers: { 'inference-header-content-length': '99' },
    text: '{}',
    status: 400,
    code: 'TG-SERVING-SHAPE',
    error: /99 bytes of JSON are named, and it has 2/,
  },
  {
    name: 'an input announced as binary that does not follow',
    path: infer,
    body: tensors({ data: undefined, parameters: { binary_data_size: 4 } }),
    status: 400,
    code: 'TG-SERVING-SHAPE',
    error: /its tensors name 4 bytes and more, 0 follow the JSON/,
  },
  {
    name: 'a size of a binary input that is no size',
    path: infer,
    body: tensors({ data: undefined, parameters: { binary_data_size: -4 } }),
    status: 400,
    code: 'TG-SERVING-SHAPE',
    error: /"inputs\[3\]\.parameters\.binary_data_size" must be a number of bytes/,
  },
  {
    name: 'bytes alone for a model of several inputs',
    path: infer,
    headers: { 'content-type': 'application/octet-stream', 'inference-header-content-length': '0' },
    text: 'abcd',
    status: 400,
    code: 'TG-SERVING-SHAPE',
    error: /the model has 4 inputs, and bytes alone are one/,
  },
  {
    name: 'a body over the limit',
    text: `{"rows":[${' '.repeat(5_000)}]}`,
    status: 413,
    code: 'TG-SERVING-BODY-SIZE',
    error: /5011 bytes: the limit is 4000/,
  },
  {
    name: 'too many rows',
    body: { rows: [row, row, row, row] },
    status: 413,
    code: 'TG-SERVING-ROW-LIMIT',
    error: /Cannot predict 4 rows at once: the limit is 3/,
  },
  {
    name: 'too many rows in tensors',
    path: infer,
    body: tensors({ shape: [4, 1] }),
    status: 400,
    code: 'TG-SERVING-SHAPE',
    error: /"rough"/,
  },
  {
    name: 'a body that ends too early',
    text: '{"rows": [',
    status: 400,
    code: 'TG-SERVING-JSON',
    error: /found its end at line 1, column 11/,
  },
  {
    name: 'NaN',
    text: '{"rows":\n [{"exact": NaN}]}',
    status: 400,
    code: 'TG-SERVING-JSON',
    error: /found "NaN" at line 2, column 13/,
    hint: /null/,
  },
  { name: 'an empty body', text: '', status: 400, code: 'TG-SERVING-JSON', error: /found its end at line 1, column 1/ },
  { name: 'a body that is no object', text: '[1]', status: 400, code: 'TG-SERVING-BODY', error: /found a list/ },
  {
    name: 'rows that are no list',
    body: { rows: row },
    status: 400,
    code: 'TG-SERVING-BODY',
    error: /"rows" must be a list: found an object/,
  },
  { name: 'no rows member', body: {}, status: 400, code: 'TG-SERVING-BODY', error: /"rows" must be a list: found nothing/ },
  { name: 'no rows', body: { rows: [] }, status: 400, code: 'TG-SERVING-BODY', error: /"rows" is empty/ },
  {
    name: 'a row that is no object',
    body: { rows: [row, 7] },
    status: 400,
    code: 'TG-SERVING-BODY',
    error: /row 1: it must be an object, found 7/,
  },
  {
    name: 'an unknown member',
    body: { row: [row] },
    status: 400,
    code: 'TG-SERVING-FIELD-UNKNOWN',
    error: /no member "row"/,
    hint: /Did you mean "rows"\?/,
  },
  {
    name: 'an unknown field',
    body: { rows: [{ ...row, coutn: 1 }] },
    status: 400,
    code: 'TG-SERVING-FIELD-UNKNOWN',
    error: /row 0: there is no field "coutn"/,
    hint: /Did you mean "count"\?/,
  },
  {
    name: 'a misspelt field',
    body: { rows: [{ ...row, count: undefined, coutn: 1 }] },
    status: 400,
    code: 'TG-SERVING-FIELD-MISSING',
    error: /the field "count" is missing/,
    hint: /Rename "coutn" to "count"/,
  },
  {
    name: 'a missing field',
    body: { rows: [row, { count: 1, member: true, exact: 0.5 }] },
    status: 400,
    code: 'TG-SERVING-FIELD-MISSING',
    error: /row 1: the field "rough" is missing/,
  },
  {
    name: 'a text for a number',
    body: { rows: [{ ...row, exact: '0.5' }] },
    status: 400,
    code: 'TG-SERVING-TYPE',
    error: /"exact" must be a number: found the text "0\.5"/,
  },
  {
    name: 'a list for a number',
    body: { rows: [{ ...row, exact: [1] }] },
    status: 400,
    code: 'TG-SERVING-TYPE',
    error: /"exact" must be a number: found a list/,
  },
  {
    name: 'a number for a boolean',
    body: { rows: [{ ...row, member: 1 }] },
    status: 400,
    code: 'TG-SERVING-TYPE',
    error: /"member" must be true or false: found 1/,
  },
  {
    name: 'a fraction for a whole number',
    body: { rows: [{ ...row, count: 1.5 }] },
    status: 400,
    code: 'TG-SERVING-TYPE',
    error: /"count" must be a whole number: found 1\.5/,
  },
  {
    name: 'a whole number beyond 2^53',
    text: JSON.stringify({ rows: [row] }).replace('"count":1', '"count":9007199254740993'),
    status: 400,
    code: 'TG-SERVING-RANGE',
    error: /"count" must be between -9007199254740991 and/,
  },
  {
    name: 'a number that is infinite as a float',
    body: { rows: [{ ...row, rough: 1e39 }] },
    status: 400,
    code: 'TG-SERVING-RANGE',
    error: /"rough" must be between -3\.4028234663852886e\+38/,
  },
  {
    name: 'a number beyond every float',
    text: JSON.stringify({ rows: [row] }).replace('"exact":0.5', '"exact":1e999'),
    status: 400,
    code: 'TG-SERVING-RANGE',
    error: /found Infinity/,
  },
  {
    name: 'null for a whole number',
    body: { rows: [{ ...row, count: null }] },
    status: 400,
    code: 'TG-SERVING-NULL',
    error: /"count" may not be null/,
  },
  {
    name: 'a time that is none',
    body: { rows: [row], at: 'yesterday' },
    status: 400,
    code: 'TG-SERVING-TIME',
    error: /found the text "yesterday"/,
  },
  {
    name: 'a time without offset',
    body: { rows: [row], at: '2013-09-01T12:00:00' },
    status: 400,
    code: 'TG-SERVING-TIME',
    error: /Cannot read "at"/,
  },
  {
    name: 'a day that does not exist',
    body: { rows: [row], at: '2013-13-41T12:00:00Z' },
    status: 400,
    code: 'TG-SERVING-TIME',
    error: /Cannot read "at"/,
  },
  {
    name: '__proto__ as a member',
    text: '{"__proto__": {"rows": []}, "rows": []}',
    status: 400,
    code: 'TG-SERVING-FIELD-UNKNOWN',
    error: /no member "__proto__"/,
  },
  {
    name: '__proto__ as a field',
    text: `{"rows": [{"__proto__": {"count": 1}, "member": true, "exact": 1, "rough": 1}]}`,
    status: 400,
    code: 'TG-SERVING-FIELD-MISSING',
    error: /"count" is missing/,
  },
  {
    name: 'constructor as a field',
    body: { rows: [{ ...row, constructor: 1 }] },
    status: 400,
    code: 'TG-SERVING-FIELD-UNKNOWN',
    error: /no field "constructor"/,
  },
  { name: 'no inputs', path: infer, body: {}, status: 400, code: 'TG-SERVING-BODY', error: /"inputs" must be a list/ },
  {
    name: 'an unknown input',
    path: infer,
    body: { inputs: [{ name: 'coun', shape: [1, 1], datatype: 'INT64', data: [1] }] },
    status: 400,
    code: 'TG-SERVING-FIELD-UNKNOWN',
    error: /no input "coun"/,
    hint: /"count"/,
  },
  {
    name: 'a missing input',
    path: infer,
    body: { inputs: [{ name: 'count', shape: [1, 1], datatype: 'INT64', data: [1] }] },
    status: 400,
    code: 'TG-SERVING-FIELD-MISSING',
    error: /the input "member" is missing/,
  },
  {
    name: 'an unknown output',
    path: infer,
    body: { ...tensors(), outputs: [{ name: 'labels' }] },
    status: 400,
    code: 'TG-SERVING-FIELD-UNKNOWN',
    error: /no output "labels"/,
    hint: /"label"/,
  },
  {
    name: 'a wrong datatype',
    path: infer,
    body: tensors({ datatype: 'BYTES', data: ['a'] }),
    status: 400,
    code: 'TG-SERVING-TYPE',
    error: /"rough": its datatype must be FP32, FP64, INT32 or INT64, found the text "BYTES"/,
  },
  {
    name: 'a wrong value in a tensor',
    path: infer,
    body: tensors({ data: ['a'] }),
    status: 400,
    code: 'TG-SERVING-TYPE',
    error: /value 0 of the input: "rough" must be a number/,
  },
  {
    name: 'a wrong shape',
    path: infer,
    body: tensors({ shape: [1, 2] }),
    status: 400,
    code: 'TG-SERVING-SHAPE',
    error: /its shape must be like \[1, 1\], found \[1, 2\]/,
  },
  {
    name: 'a shape of no rows',
    path: infer,
    body: {
      inputs: [{ name: 'count', shape: [0, 1], datatype: 'INT64', data: [] }, ...JSON.parse(JSON.stringify(tensors())).inputs.slice(1)],
    },
    status: 400,
    code: 'TG-SERVING-SHAPE',
    error: /found \[0, 1\]/,
  },
  {
    name: 'a shape of lists in lists',
    path: infer,
    text: JSON.stringify(tensors()).replace('[1,1]', `${'['.repeat(900)}${']'.repeat(900)}`),
    status: 400,
    code: 'TG-SERVING-SHAPE',
    error: /found \[a list\]/,
  },
  {
    name: 'too few values',
    path: infer,
    body: tensors({ data: [] }),
    status: 400,
    code: 'TG-SERVING-SHAPE',
    error: /needs 1 values, found 0/,
  },
  {
    name: 'data nested another way',
    path: infer,
    body: tensors({ data: [[1, 2]] }),
    status: 400,
    code: 'TG-SERVING-SHAPE',
    error: /lists of 1 in the shape, found a list of 2/,
  },
  {
    name: 'an id that is no text',
    path: infer,
    body: { ...tensors(), id: 7 },
    status: 400,
    code: 'TG-SERVING-TYPE',
    error: /"id" must be a text: found 7/,
  },
  {
    name: 'a parameter that is an object',
    path: infer,
    body: { ...tensors(), parameters: { a: {} } },
    status: 400,
    code: 'TG-SERVING-TYPE',
    error: /parameter "a"/,
  },
];

test('every wrong request is answered with a code, what was found, and no trace of code', async (t) => {
  const release = await makeRelease({ file: 'kinds.onnx', flavor: 'onnx' });
  t.after(release.remove);
  const server = await startServer(['--release', release.folder, '--body-limit', '4000', '--row-limit', '3']);
  t.after(server.kill);

  for (const { name, path = predict, method = 'POST', headers = json, body, text, status, code, error, hint } of wrongs) {
    await t.test(name, async () => {
      const answer = await fetch(`${server.address}${path}`, {
        method,
        headers,
        ...(method === 'POST' && { body: text ?? JSON.stringify(body ?? {}) }),
      });
      const told: { readonly error: string; readonly code: string; readonly hint?: string } = JSON.parse(await answer.text());

      assert.equal(answer.status, status);
      assert.equal(answer.headers.get('content-type'), 'application/json');
      assert.equal(told.code, code);
      assert.match(told.error, error);
      if (hint !== undefined) assert.match(told.hint ?? '', hint);
      assert.doesNotMatch(JSON.stringify(told), /\.ts|node:internal| {4}at /);
    });
  }

  await t.test('after all of them it still predicts', async () => {
    const answer = await fetch(`${server.address}${predict}`, { method: 'POST', headers: json, body: JSON.stringify({ rows: [row] }) });

    assert.equal(answer.status, 200);
    assert.doesNotMatch(server.log(), /TG-SERVING-BUG|Error/);
  });
});
