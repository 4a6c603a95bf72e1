import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { callCommandLine } from '../packages/cli/src/test-command-line.ts';
import { documentedOutputs, fieldsOf } from '../tools/docs/json-tables.ts';

const page = 'docs/reference/contract-json.md';

const contract = (more: string, version = 'v3.1.0'): string => `apiVersion: ${version}
kind: DataContract
id: tides
version: 1.0.0
status: active
schema:
  - name: tides
    properties:
      - { name: id, logicalType: integer, primaryKey: true }
      - { name: height, logicalType: number${more}, relationships: [{ to: other.height }] }
`;

const files = {
  'tidegate.yaml': `version: 1
project: sea
data: { tides: { from: { files: tides.csv }, contract: tides.odcs.yaml } }
features: { definitions: features/ }
steps: { train: { run: [cp, model.txt, model.py], in: [features.level/train, model.txt], out: { model: model.py } } }
models: { level: { artifact: steps.train.model, evaluate: { on: features.level/test, label: late, metrics: [auc] }, gate: { min: { auc: 0.1 } } } }
services: { level-api: { model: level, features: level } }
environments: { staging: { target: local } }
`,
  'model.txt': 'def predict(rows):\n    return [0.5 for _ in range(len(rows))]\n',
  'features/level.yaml': `entities: { place: { keys: [id] } }
views: { sea: { entity: place, sql: sea.sql, time: at } }
services: { level: { rows: rows.sql, id: id, time: at, label: late, request: [], views: [sea], split: { test: last 50% } } }
`,
  'features/sea.sql': 'SELECT id, "at", height FROM tides',
  'features/rows.sql': 'SELECT id, "at", late FROM tides',
  'tides.csv': `id,at,height,late\n${Array.from({ length: 100 }, (_, row) => `${row},2026-01-01 ${String(Math.floor(row / 5)).padStart(2, '0')}:00:00,${row % 10},${row % 2 === 0}`).join('\n')}\n`,
  'tides.odcs.yaml': contract(', logicalTypeOptions: { maximum: 9 }'),
  'wider.odcs.yaml': contract(', logicalTypeOptions: { maximum: 5 }'),
  'old.odcs.yaml': contract('', 'v3.0.2'),
  'broken.odcs.yaml': contract(', logicalTypeOption: { maximum: 9 }'),
  'suite.json': JSON.stringify({
    name: 'tides',
    expectations: [{ type: 'expect_column_values_to_be_increasing', kwargs: { column: 'height' } }],
  }),
};

test('what every verb of contract prints with --json is what its page says, field by field', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-contract-json-'));
  const cwd = join(folder, 'project');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  execFileSync('git', ['init', '--quiet'], { cwd });
  const variables = { PATH: process.env['PATH'], HOME: folder, TIDEGATE_HOME: join(folder, 'home') };
  const call = async (words: readonly string[]): Promise<unknown> => {
    const { stdout, stderr } = await callCommandLine([...words, '--json'], { cwd, variables });
    const value = JSON.parse(stdout) as unknown;
    assert.ok(typeof value === 'object' && value !== null && !('errors' in value), `${words.join(' ')}: ${stdout}${stderr}`);
    return value;
  };
  t.after(async () => {
    await callCommandLine(['stop', 'staging'], { cwd, variables });
    rmSync(folder, { recursive: true, force: true });
  });
  const documented = new Map(documentedOutputs(page).map((one) => [one.name, one]));
  const seen = new Map<string, Set<string>>();
  const others: string[] = [];
  const ajv = new Ajv({ strict: false, allErrors: true });
  const check = async (name: string, line: string): Promise<void> => {
    const output = documented.get(name) ?? assert.fail(`"${page}" has no section "${name}"`);
    const value = await call(['contract', ...line.split(' ')]);
    if (!ajv.validate(output.schema, value))
      for (const { instancePath, message, params } of ajv.errors ?? [])
        others.push(`${line}: ${instancePath} ${message} ${JSON.stringify(params)}`);
    seen.set(name, new Set([...(seen.get(name) ?? []), ...fieldsOf(value)]));
  };
  await call(['run', '--to', 'staging']);

  await check('lint FILE', 'lint tides.odcs.yaml old.odcs.yaml broken.odcs.yaml none.yaml');
  await check('test [NAME|FILE]', 'test tides --as-of 2026-02-01');
  await check('test [NAME|FILE]', 'test wider.odcs.yaml --data tides.csv');
  await check('diff OLD NEW', 'diff wider.odcs.yaml tides');
  await check('diff OLD NEW', 'diff wider.odcs.yaml tides --data tides');
  await check('diff OLD NEW', 'diff tides tides');
  await check('diff OLD NEW', 'diff wider.odcs.yaml old.odcs.yaml');
  await check('import FILE', 'import suite.json');
  await check('import FILE', 'import suite.json --write made.odcs.yaml');
  await check('export NAME|FILE', 'export tides --to sqlite');
  await check('export NAME|FILE', 'export tides --to json-schema --write made.json');

  assert.deepEqual(others, [], 'what is printed is other than the page says');
  const never = [...documented.values()].flatMap(({ name, fields }) =>
    fields.filter((field) => seen.get(name)?.has(field) !== true).map((field) => `${name}: ${field}`),
  );
  assert.deepEqual(never, [], 'fields that the page has and nothing here has printed');
});
