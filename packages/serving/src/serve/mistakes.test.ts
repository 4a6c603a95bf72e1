import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { makeRelease } from './test-release.ts';
import { startServer } from './test-server.ts';

interface Told {
  readonly error: string;
  readonly code: string;
  readonly hint: string;
  readonly count: number;
  readonly mistakes: readonly { readonly at: string; readonly code: string; readonly error: string; readonly hint: string }[];
}

const row = { count: 1, member: true, exact: 0.5, rough: 0.5 };
const infer = '/v2/models/tide/infer';

test('an answer lists all mistakes of a request', async (t) => {
  const release = await makeRelease({ file: 'kinds.onnx', flavor: 'onnx' });
  t.after(release.remove);
  const { address, kill } = await startServer(['--release', release.folder]);
  t.after(kill);
  const refused = async (path: string, body: unknown): Promise<Told> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${address}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.equal(answer.status, 400);
    return JSON.parse(await answer.text());
  };

  await t.test('of rows in every row and field, and beside them', async () => {
    const rows = [
      { ...row, count: 1.5, exact: 'far' },
      row,
      { count: null, member: true, exact: 1, ruogh: 1, 'odd name': 2 },
      7,
      { ...row, rough: 1e39 },
    ];

    const told = await refused('/v1/predict', { rows, at: 'noon', row: [] });

    assert.deepEqual(placesOf(told), [
      ['row', 'TG-SERVING-FIELD-UNKNOWN'],
      ['at', 'TG-SERVING-TIME'],
      ['rows[0].count', 'TG-SERVING-TYPE'],
      ['rows[0].exact', 'TG-SERVING-TYPE'],
      ['rows[2].count', 'TG-SERVING-NULL'],
      ['rows[2].rough', 'TG-SERVING-FIELD-MISSING'],
      ['rows[2]["odd name"]', 'TG-SERVING-FIELD-UNKNOWN'],
      ['rows[3]', 'TG-SERVING-BODY'],
      ['rows[4].rough', 'TG-SERVING-RANGE'],
    ]);
    assert.equal(told.count, 9);
    assert.deepEqual(told.mistakes[3], {
      at: 'rows[0].exact',
      code: 'TG-SERVING-TYPE',
      error: 'Cannot use row 0: "exact" must be a number: found the text "far"',
      hint: 'Send a number, or null when it is not known',
    });
    assert.equal(told.mistakes[5]?.hint, 'Rename "ruogh" to "rough"');
  });

  await t.test('whose first is told where one is expected, with the number of all', async () => {
    const told = await refused('/v1/predict', { rows: [{ ...row, count: 'a', exact: 'b' }] });
    const alone = await refused('/v1/predict', { rows: [{ ...row, count: 'a' }] });

    const first = 'Cannot use row 0: "count" must be a whole number: found the text "a"';
    assert.deepEqual([told.error, told.code, told.hint], [`${first} (the first of 2 mistakes)`, 'TG-SERVING-TYPE', 'Send a whole number']);
    assert.deepEqual([alone.error, alone.count], [first, 1]);
  });

  await t.test('up to twenty, and says how many there are', async () => {
    const rows = Array.from({ length: 30 }, () => ({ ...row, exact: 'far', rough: 'off' }));

    const told = await refused('/v1/predict', { rows });

    assert.match(told.error, / \(the first of 60 mistakes, of which 20 are listed\)$/);
    assert.equal(told.count, 60);
    assert.equal(told.mistakes.length, 20);
    assert.equal(told.mistakes.at(-1)?.at, 'rows[9].rough');
  });

  await t.test('of tensors in every input, value and beside them', async () => {
    const inputs = [
      { name: 'rough', shape: [2, 1], datatype: 'FP32', data: [['a'], [null], [[1]]] },
      { name: 'mebmer', shape: [2, 1], datatype: 'BOOL', data: [true, false] },
      { name: 'count', shape: [2, 1], datatype: 'BYTES', data: ['a', 'b'] },
      { name: 'count', shape: [2, 1], datatype: 'INT64', data: [1, 2] },
      { shape: [2, 1] },
    ];

    const told = await refused(infer, { id: 7, parameters: { a: {} }, inputs, outputs: [{ name: 'label' }, { name: 'lable' }, {}] });

    assert.deepEqual(placesOf(told), [
      ['parameters.a', 'TG-SERVING-TYPE'],
      ['id', 'TG-SERVING-TYPE'],
      ['outputs[1].name', 'TG-SERVING-FIELD-UNKNOWN'],
      ['outputs[2]', 'TG-SERVING-BODY'],
      ['inputs[1].name', 'TG-SERVING-FIELD-UNKNOWN'],
      ['inputs[3].name', 'TG-SERVING-BODY'],
      ['inputs[4]', 'TG-SERVING-BODY'],
      ['inputs', 'TG-SERVING-FIELD-MISSING'],
      ['inputs[2].datatype', 'TG-SERVING-TYPE'],
      ['inputs[0].data', 'TG-SERVING-SHAPE'],
      ['inputs[0].data[0][0]', 'TG-SERVING-TYPE'],
      ['inputs[0].data[2][0]', 'TG-SERVING-TYPE'],
    ]);
    assert.match(told.mistakes[7]?.error ?? '', /the input "exact" is missing/);
  });

  await t.test('of shapes and of lists in lists', async () => {
    const inputs = [
      { name: 'count', shape: [0, 1], datatype: 'INT64', data: [1, 'b'] },
      { name: 'member', shape: [2, 1], datatype: 'BOOL', data: [[true], [true, false], false] },
      { name: 'exact', shape: [3, 1], datatype: 'FP64', data: 'none' },
      { name: 'rough', shape: [2], datatype: 'FP32', data: [1] },
    ];

    const told = await refused(infer, { inputs });

    assert.deepEqual(placesOf(told), [
      ['inputs[0].shape', 'TG-SERVING-SHAPE'],
      ['inputs[0].data[1]', 'TG-SERVING-TYPE'],
      ['inputs[1].data[1]', 'TG-SERVING-SHAPE'],
      ['inputs[1].data[2]', 'TG-SERVING-SHAPE'],
      ['inputs[2].shape', 'TG-SERVING-SHAPE'],
      ['inputs[2].data', 'TG-SERVING-BODY'],
      ['inputs[3].data', 'TG-SERVING-SHAPE'],
    ]);
  });

  await t.test('hostile 34: of a path that leaves the models, in whatever form, that nothing is there', async () => {
    for (const name of ['..', '../../etc/passwd', '%2e%2e', '%252e%252e', '..%2Ftide', 'tide%00', 'tide;x', '__proto__', '@tide', '%74ide'])
      for (const path of [`/v2/models/${name}`, `/v2/models/${name}/infer`, `/v2/models/tide/${name}`, `/${name}`])
        assert.equal(await rawStatus(address, path), 404, path);
  });
});

/** The status of an answer to a path that is sent as it is: `fetch` would take it apart. */
function rawStatus(address: string, path: string): Promise<number> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.once('error', reject);
    sent.end();
  });
}

function placesOf({ mistakes }: Told): readonly (readonly [string, string])[] {
  return mistakes.map(({ at, code }) => [at, code]);
}
