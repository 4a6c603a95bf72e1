import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { mkdtemp, rm, tmpdir, writeFile } from '../../../platform/index.ts';
import { lintContract } from './lint-contract.ts';
import { lintContractFile } from './lint-contract-file.ts';

const head = (version = 'v3.1.0'): string => `apiVersion: ${version}\nkind: DataContract\nid: t\nversion: 1.0.0\nstatus: active\n`;

/** CPU seconds, which other work on the machine does not change much. */
function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

test('promises that nothing can keep are mistakes', () => {
  const { mistakes } = lintContract({
    file: 'c.yaml',
    text: `${head()}schema:
  - name: t
    properties:
      - { name: a, logicalType: integer, primaryKey: true, logicalTypeOptions: { minimum: 2, maximum: 1 } }
      - { name: b, logicalType: date, primaryKey: true, logicalTypeOptions: { minimum: '2026-01-02', maximum: '2026-01-01' } }
      - { name: c, logicalType: string, logicalTypeOptions: { minLength: 3, maxLength: 3 } }
`,
  });

  assert.deepEqual(
    mistakes.map(({ place, message }) => `${place?.line}: ${message}`),
    [
      '9: Cannot keep what is promised of "a": "minimum" 2 is above "maximum" 1',
      '10: Cannot keep what is promised of "b": "minimum" 2026-01-02 is above "maximum" 2026-01-01',
    ],
  );
});

test('names that two things have, and valid values that the type cannot be, are mistakes', () => {
  const { mistakes } = lintContract({
    file: 'c.yaml',
    text: `${head()}servers:
  - { server: s, type: local, path: a, format: csv }
  - { server: s, type: local, path: b, format: csv }
schema:
  - name: t
    properties:
      - { name: a, logicalType: integer, quality: [{ metric: invalidValues, arguments: { validValues: [1, '2', x, 2.5, null] }, mustBe: 0 }] }
      - { name: b, logicalType: date, quality: [{ metric: invalidValues, arguments: { validValues: ['2026-01-31', '2026-01-32'] }, mustBe: 0 }] }
      - name: c
        logicalType: string
        quality:
          - { id: r, metric: invalidValues, arguments: { validValues: [1, x] }, mustBe: 0 }
          - { id: r, metric: nullValues, mustBe: 0 }
  - { name: t }
  - { name: u }
`,
  });

  assert.deepEqual(
    mistakes.map(({ place, message }) => `${place?.line}: ${message}`),
    [
      '8: Cannot tell which is meant by "s": a server before has the same server',
      '12: Cannot find "x" among values of "a": it is integer',
      '12: Cannot find 2.5 among values of "a": it is integer',
      '13: Cannot find "2026-01-32" among values of "b": it is date',
      '18: Cannot tell which is meant by "r": a rule before has the same id',
      '19: Cannot tell which is meant by "t": an object before has the same name',
    ],
  );
});

test('patterns that the engine cannot use, and references into files beside it that lead nowhere, are mistakes', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-lint-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'other.yaml'), `${head()}schema: [{ name: u, id: u_id, properties: [{ name: x, id: x_id }] }]\n`);
  await writeFile(
    join(folder, 'c.yaml'),
    `${head()}schema:
  - name: t
    properties:
      - { name: a, logicalType: string, logicalTypeOptions: { pattern: '^(?=x)' } }
      - { name: b, quality: [{ metric: invalidValues, arguments: { pattern: '[a' }, mustBe: 0 }] }
      - { name: c, relationships: [{ to: other.yaml#schema/u_id/properties/x_id }, { to: 'other.yaml#u.x' }, { to: 'other.yaml#u.y' }, { to: 'none.yaml#u.x' }] }
      - { name: d, relationships: [{ to: https://example.com/none.yaml#u.x }] }
`,
  );

  const { mistakes } = await lintContractFile(join(folder, 'c.yaml'), 'c.yaml');

  assert.deepEqual(
    mistakes.map(({ place, message }) => `${place?.line}: ${message}`),
    [
      '9: Cannot use the pattern of "a": invalid perl operator: (?=',
      '10: Cannot use the pattern of "b": missing ]: [a',
      '11: Cannot find "other.yaml#u.y": "u" of "other.yaml" has no property with the name "y"',
      '11: Cannot find "none.yaml#u.x": there is no file "none.yaml" beside this one',
    ],
  );
});

test('an older version, short forms and references that lead elsewhere are notices', () => {
  const { mistakes, notices } = lintContract({
    file: 'c.yaml',
    text: `${head('v3.0.2')}schema:
  - name: t
    properties:
      - { name: a, quality: [{ metric: nullValues, mustBe: 0, dimension: cp }] }
      - { name: b, relationships: [{ to: other.b }] }
`,
  });

  assert.deepEqual(mistakes, []);
  assert.deepEqual(
    notices.map(({ place, message }) => `${place?.line}: ${message.slice(0, 40)}`),
    [
      '1: The document is written for v3.0.2 of th',
      '9: "schema.0.properties.0.quality.0.dimensi',
      '10: "other.b" leads to no object of this doc',
    ],
  );
});

test('documents that are made to hurt end with a mistake, and soon', () => {
  const bomb = [
    'l0: &l0 [x]',
    ...Array.from({ length: 30 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`),
  ].join('\n');
  const nested = (depth: number): string => `${'{ name: p, properties: ['.repeat(depth)}${'] }'.repeat(depth)}`;
  const texts = [
    `${head()}description: { purpose: "${'x'.repeat(50_000_000)}" }\n`,
    `${head()}customProperties: [{ property: p, value: { ${bomb.replaceAll('\n', ', ')} } }]\n`,
    `${head()}schema: [{ name: t, properties: [${nested(1000)}] }]\n`,
    `${head()}id: again\n`,
    `${head()}${Array.from({ length: 20_000 }, (_, index) => `k${index}: 1\n`).join('')}`,
    `${head().replace('v3.1.0', 'v2.2.2')}`,
    '[]',
    '',
  ];

  for (const text of texts) {
    const taken = cpuSeconds(() => assert.notDeepEqual(lintContract({ file: 'c.yaml', text }).mistakes, [], text.slice(0, 200)));
    assert.ok(taken < 5, `${text.slice(90, 200)} took ${taken} s`);
  }
  const deep = `${head()}schema: [{ name: t, properties: [${nested(20)}] }]\n`;
  assert.ok(cpuSeconds(() => lintContract({ file: 'c.yaml', text: deep })) < 2);
});
