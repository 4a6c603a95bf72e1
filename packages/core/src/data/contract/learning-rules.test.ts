import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { mkdtemp, rm, tmpdir, writeFile } from '../../platform/index.ts';
import { testContractFile } from './judge/test-contract-file.ts';
import { lintContract } from './lint/lint-contract.ts';
import { parseContract } from './parse-contract.ts';

const contract = (...properties: readonly string[]): string =>
  `apiVersion: v3.1.0\nkind: DataContract\nid: t\nversion: 1.0.0\nstatus: active\nschema:\n  - name: t\n    properties:\n${properties.map((one) => `      - ${one}\n`).join('')}`;

const custom = (...entries: readonly string[]): string =>
  `customProperties: [${entries.map((entry) => `{ property: ${entry} }`).join(', ')}]`;

async function failing(t: TestContext, text: string, rows: string): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-learning-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'c.yaml'), text);
  await writeFile(join(folder, 't.csv'), rows);
  const request = { path: join(folder, 'c.yaml'), file: 'c.yaml', data: ['t.csv'], server: null, object: null, folder, now: 0 };
  const [judged] = await testContractFile({ ...request, secret: async () => null, signal: new AbortController().signal });
  return (judged?.checks ?? []).flatMap(({ name, verdict }) => (verdict === 'pass' ? [] : [`${name} ${verdict}`]));
}

const text = contract(
  `{ name: late, logicalType: integer, ${custom('tidegate.label, value: true')} }`,
  `{ name: delay, logicalType: number }`,
  `{ name: status, logicalType: string, ${custom('tidegate.distribution, value: { shares: { paid: 75, open: 25 }, within: 5 }')} }`,
  `{ name: size, logicalType: number, ${custom('tidegate.distribution, value: { quantiles: { 0.5: [2, 4] } }', 'tidegate.drift, value: { atMost: 0.1 }')} }`,
);

test('distributions, labels and leaks are judged, and drift is told to be judged by a run', async (t) => {
  const sound = 'late,delay,status,size\n0,3,paid,1\n1,2,paid,3\n1,1,paid,3\n0,2,open,9\n';

  assert.deepEqual(await failing(t, text, sound), ['size.drift inconclusive']);
  assert.deepEqual(await failing(t, text, sound.replaceAll('open', 'paid')), ['status.distribution fail', 'size.drift inconclusive']);
  assert.deepEqual(await failing(t, text, sound.replaceAll(',3\n', ',8\n')), ['size.distribution fail', 'size.drift inconclusive']);
  assert.deepEqual(await failing(t, text, sound.replace('1,1,paid', ',1,paid')), ['late.label fail', 'size.drift inconclusive']);
  assert.deepEqual(await failing(t, text, 'late,delay,status,size\n0,10,paid,1\n1,20,paid,3\n1,20,paid,3\n0,10,open,9\n'), [
    'delay.tells_late fail',
    'size.drift inconclusive',
  ]);
});

test('a version that a data contract is pinned to must be that of the data', async (t) => {
  const pinned = contract('{ name: a }').replace(
    '- name: t\n',
    `- name: t\n    ${custom('tidegate.version, value: sha256:0123456789ab')}\n`,
  );

  assert.deepEqual(await failing(t, pinned, 'a\n1\n'), ['version inconclusive']);
});

test('mistakes of what is said for machine learning have their place and a way out', () => {
  const { mistakes } = lintContract({
    file: 'c.yaml',
    text: contract(
      `{ name: a, logicalType: number, ${custom('tidegate.distribution, value: { shares: { x: 50 } }')} }`,
      `{ name: b, logicalType: number, ${custom('tidegate.drift, value: { atMost: 2 }')} }`,
      `{ name: c, logicalType: number, ${custom('tidegate.label, value: yes please')} }`,
      `{ name: e, logicalType: number, ${custom('tidegate.skew, value: { most: 0.1 }')} }`,
      `{ name: d, logicalType: number, ${custom('tidegate.drfit, value: { atMost: 0.1 }')} }`,
      `{ name: f, logicalType: number, ${custom('tidegate.skew, value: { atMost: 0 }')} }`,
    ),
  });

  assert.deepEqual(
    mistakes.map(({ place, message, hint }) => [place?.line, message, hint]),
    [
      [9, 'It must say "within" how many percentage points the shares are', 'Add "within: 5"'],
      [10, '"schema.0.properties.1.customProperties.0.value.atMost" must be at most 1: found 2', null],
      [
        11,
        '"schema.0.properties.2.customProperties.0.value" must be a mapping: found the text "yes please"',
        'Write a mapping with names of: correlation',
      ],
      [12, '"schema.0.properties.3.customProperties.0.value" has no "atMost", which is required', 'Add "atMost:"'],
      [12, 'Unknown name "most"', 'Valid names: atMost'],
      [13, 'Cannot use "tidegate.drfit": Tidegate has no such property of a column', 'Did you mean "tidegate.drift"?'],
      [14, 'It must be above 0: no number of predictions could prove that nothing differs', 'For example: { atMost: 0.1 }'],
    ],
  );
});

test('a drift of nothing at all is promised of versions, and says nothing of live services', () => {
  const parsed = parseContract({
    file: 'c.yaml',
    dataset: 'orders',
    text: contract(`{ name: a, logicalType: number, ${custom('tidegate.drift, value: { atMost: 0 }')} }`),
  });

  assert.ok(parsed.ok);
  assert.deepEqual([parsed.value.columns[0]?.allowedSkew, parsed.value.columns[0]?.rules.length], [null, 1]);
});
