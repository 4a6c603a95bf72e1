import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Json, shape, TidegateError } from '@tidegate/formats';
import { openHttpClient } from '../../platform/index.ts';
import { foundIn } from './bounded-pattern.ts';
import { differences } from './differences.ts';
import { expectation } from './expectation.ts';
import { findApiTests, loadApiTests } from './load-api-tests.ts';
import { runApiTests } from './run-api-tests.ts';

/** What is different when `found` is held against a value as it stands in a file. */
function compare(wanted: Json, found: Json): readonly string[] {
  const parsed = shape.parse(expectation(), wanted);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return differences(parsed.value, found, 'body');
}

function mistakes(wanted: Json): readonly string[] {
  const parsed = shape.parse(expectation(), wanted);
  return parsed.ok ? [] : parsed.failure.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

test('a mapping may have more members than expected, a list has exactly the items expected', () => {
  assert.deepEqual(compare({ a: 1 }, { a: 1, b: 2 }), []);
  assert.deepEqual(compare([{ a: 1 }], [{ a: 1, b: 2 }]), []);
  assert.deepEqual(compare([1, 2], [1]), ['body: expected a list of 2 items, found 1: [1]']);
});

test('a difference says where, what was expected and what was found', () => {
  assert.deepEqual(compare({ rows: [{ label: 'late', p: { between: [0, 1] } }] }, { rows: [{ label: 'early', p: 1.2 }] }), [
    'body.rows[0].label: expected "late", found "early"',
    'body.rows[0].p: expected a number from 0 to 1, found 1.2',
  ]);
  assert.deepEqual(compare({ a: { b: 1 } }, {}), ['body.a: expected a mapping with b, but there is nothing']);
  assert.deepEqual(compare({ a: 1 }, 'text'), ['body: expected a mapping with a, found "text"']);
});

test('matchers accept what they describe and nothing else', () => {
  const cases: readonly (readonly [Json, Json, Json])[] = [
    [{ between: [0, 1] }, 1, '1'],
    [{ one_of: ['yes', 1, { a: 1 }] }, { a: 1 }, 'no'],
    [{ type: 'integer' }, 3, 3.5],
    [{ type: 'number' }, 3.5, '3.5'],
    [{ type: 'null' }, null, 0],
    [{ type: 'array' }, [], {}],
    [{ type: 'object' }, {}, []],
    [{ matches: '^v[0-9]+$' }, 'v12', 'version 12'],
    [{ length: 2 }, ['a', 'b'], 'abc'],
    [{ equals: { type: 'x' } }, { type: 'x' }, { type: 'x', more: 1 }],
  ];
  for (const [wanted, good, bad] of cases) {
    assert.deepEqual(compare(wanted, good), [], JSON.stringify(wanted));
    assert.equal(compare(wanted, bad).length, 1, JSON.stringify(wanted));
  }
});

test('a matcher with a wrong argument is a mistake at its place', () => {
  assert.deepEqual(mistakes({ a: [{ between: [1] }] }), ['a.0.between: "between" must be a list of two numbers, the smaller one first']);
  assert.deepEqual(mistakes({ a: { type: 'float' } }), [
    'a.type: "type" must be one of null, boolean, integer, number, string, array, object',
  ]);
  assert.match(mistakes({ matches: '(' })[0] ?? '', /must be a regular expression: .*Unterminated group/);
  assert.deepEqual(mistakes({ type: 'x', other: 1 }), []); // no matcher: two names
});

test('any value matches itself', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.deepEqual(compare({ equals: value as Json }, JSON.parse(JSON.stringify(value)) as Json), []);
    }),
  );
});

test('a pattern that would search forever is given up', () => {
  assert.equal(foundIn('^(a+)+$', `${'a'.repeat(50)}b`), null);
  assert.equal(foundIn('b$', `${'a'.repeat(50)}b`), true);
});

async function folderOf(t: { after: (end: () => Promise<void>) => void }, files: { readonly [name: string]: string }): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-api-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(root, name, '..'), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return root;
}

const prices = { service: 'prices', services: ['prices'] };

const healthy = `
- name: a flight is predicted
  request: { method: POST, path: /v1/predict, headers: { x-caller: test }, body: { rows: [{ origin: JFK }] } }
  expect:
    status: 200
    headers: { Content-Type: { matches: json } }
    body: { predictions: [{ label: { one_of: [late, on time] } }] }
`;

test('tests are found by patterns, in the order of their names, and read', async (t) => {
  const root = await folderOf(t, { 'tests/api/b.yaml': healthy, 'tests/api/a.yaml': healthy.replace('a flight', 'another flight') });

  const tests = await loadApiTests(await findApiTests(root, ['tests/api/*.yaml', 'tests/api/a.yaml']), prices);

  assert.deepEqual(
    tests.map(({ name }) => name),
    ['another flight is predicted', 'a flight is predicted'],
  );
});

test('a pattern without a file, an unknown name and a name used twice are mistakes, with their place', async (t) => {
  const root = await folderOf(t, { 'a.yaml': healthy, 'b.yaml': healthy, 'c.yaml': healthy.replace('status:', 'statuss:') });

  await assert.rejects(findApiTests(root, ['none/*.yaml']), /TG-DEPLOY-NO-API-TESTS.*"none\/\*\.yaml" matches no file/);
  await assert.rejects(loadApiTests(await findApiTests(root, ['a.yaml', 'b.yaml']), prices), (error) => {
    assert.ok(error instanceof TidegateError);
    assert.equal(error.diagnostics[0].code, 'TG-DEPLOY-API-TEST-NAME');
    assert.deepEqual([error.diagnostics[0].place?.file, error.diagnostics[0].place?.line], ['b.yaml', 2]);
    return true;
  });
  await assert.rejects(loadApiTests(await findApiTests(root, ['c.yaml']), prices), (error) => {
    assert.ok(error instanceof TidegateError);
    const unknown = error.diagnostics.find(({ message }) => message.includes('Unknown name "statuss"'));
    assert.equal(unknown?.place?.line, 5);
    return true;
  });
});

/** A file of one test that says which service it is for. */
function fileFor(service: string, name: string): string {
  return `service: ${service}\ntests:\n  - name: ${name}\n    request: { method: GET, path: / }\n    expect: { status: 200 }\n`;
}

test('tests of a file that names a service are for that one only, in every project', async (t) => {
  const root = await folderOf(t, { 'prices.yaml': fileFor('prices', 'a price'), 'stock.yaml': fileFor('stock', 'a stock') });
  const files = await findApiTests(root, ['*.yaml']);
  const namesFor = async (service: string): Promise<readonly string[]> =>
    (await loadApiTests(files, { service, services: ['prices', 'stock'] })).map(({ name }) => name);

  assert.deepEqual([await namesFor('prices'), await namesFor('stock')], [['a price'], ['a stock']]);
});

test('tests of a file that names none are for the only service of a project, and for none that it has no longer', async (t) => {
  const root = await folderOf(t, { 'a.yaml': healthy });
  const files = await findApiTests(root, ['*.yaml']);

  assert.equal((await loadApiTests(files, prices)).length, 1);
  assert.equal((await loadApiTests(files, { service: 'gone', services: ['prices'] })).length, 0);
});

test('a file that names none of several services, or one that is none, is a mistake', async (t) => {
  const root = await folderOf(t, { 'a.yaml': healthy, 'b.yaml': fileFor('price', 'a price') });
  const mistakeIn = async (file: string): Promise<readonly unknown[]> => {
    const services = ['prices', 'stock'];
    const error: unknown = await loadApiTests(await findApiTests(root, [file]), { service: 'stock', services }).catch(
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof TidegateError);
    const [{ code, message, hint, place }] = error.diagnostics;
    return [code, message, hint, place?.file, place?.line];
  };

  assert.deepEqual(await mistakeIn('a.yaml'), [
    'TG-DEPLOY-API-TEST-SERVICE',
    'Cannot tell which service is tested: the project has "prices", "stock"',
    'Name it above the list: "service: prices", and the list below "tests:"',
    'a.yaml',
    2,
  ]);
  assert.deepEqual(await mistakeIn('b.yaml'), [
    'TG-CONFIG-UNKNOWN-REFERENCE',
    'Cannot test the service "price": there is no such service',
    'Did you mean "prices"?',
    'b.yaml',
    1,
  ]);
});

test('requests are sent as written, and the report names each failing case', async (t) => {
  const seen: { readonly [name: string]: unknown }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      seen.push({
        method: request.method,
        url: request.url,
        caller: request.headers['x-caller'],
        type: request.headers['content-type'],
        body,
      });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ predictions: [{ label: 'soon' }] }));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => new Promise<void>((done) => void server.close(() => done())));
  const root = await folderOf(t, { 'a.yaml': healthy });
  using client = openHttpClient();

  const report = await runApiTests(await loadApiTests(await findApiTests(root, ['a.yaml']), prices), {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    suite: 'staging',
    send: client.send,
    signal: new AbortController().signal,
  });

  assert.deepEqual(seen[1], {
    method: 'POST',
    url: '/v1/predict',
    caller: 'test',
    type: 'application/json',
    body: '{"rows":[{"origin":"JFK"}]}',
  });
  assert.deepEqual([report.passed, report.failed], [1, 1]);
  assert.deepEqual(
    report.cases.map(({ name, outcome, message }) => [name, outcome, message]),
    [
      ['the service is ready', 'passed', ''],
      ['a flight is predicted', 'failed', 'body.predictions[0].label: expected one of "late", "on time", found "soon"'],
    ],
  );
});

test('a service that cannot be reached fails every case', async (t) => {
  const root = await folderOf(t, { 'a.yaml': healthy });
  using client = openHttpClient();

  const report = await runApiTests(await loadApiTests(await findApiTests(root, ['a.yaml']), prices), {
    address: 'http://127.0.0.1:1',
    suite: 'staging',
    send: client.send,
    signal: new AbortController().signal,
  });

  assert.equal(report.failed, 2);
  assert.match(report.cases[1]?.message ?? '', /the request failed: .*ECONNREFUSED/);
});
