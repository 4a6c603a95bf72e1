import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Json, shape } from '@tidegate/formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { projectFile } from './file/project-file.ts';
import { projectSchema } from './project-schema.ts';
import { parseYaml } from './yaml/parse-yaml.ts';

const root = join(import.meta.dirname, '../../../..');
const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(projectSchema());

function valueOf(text: string): Json {
  const parsed = parseYaml('tidegate.yaml', text, shape.anything());
  assert.ok(parsed.ok);
  return parsed.value;
}

function fixtures(folder: string): readonly { readonly name: string; readonly text: string }[] {
  const path = join(root, 'packages/core/fixtures/config', folder);
  return readdirSync(path)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ({ name, text: readFileSync(join(path, name), 'utf8') }));
}

test('the schema takes the files that the loader takes', () => {
  const valid = fixtures('valid').filter(({ name }) => name !== 'empty-sections.yaml');

  for (const { name, text } of valid) assert.ok(validate(valueOf(text)), `${name}: ${JSON.stringify(validate.errors)}`);
});

test('the schema refuses the files that the shapes refuse', () => {
  for (const { name, text } of fixtures('shape')) assert.equal(validate(valueOf(text)), false, name);
});

test('the schema refuses every single mistake that the shapes refuse', () => {
  const least = { version: 1, data: {}, steps: {}, models: {} };
  const mistakes: readonly Json[] = [
    { ...least, version: 2 },
    { ...least, monitors: { a: { watch: 1 } } },
    { ...least, projcet: 'a' },
    { ...least, data: { 'bad name': { from: { files: 'a' } } } },
    { ...least, data: { a: {} } },
    { ...least, data: { a: { from: { files: [] } } } },
    { ...least, data: { a: { from: { files: 'a' }, holdout: '2' } } },
    { ...least, steps: { a: { run: 1 } } },
    { ...least, steps: { a: { run: [] } } },
    { ...least, steps: { a: { run: 'a', timeout: '3 min' } } },
    { ...least, steps: { a: { run: 'a', variables: { A: 1 } } } },
    { ...least, models: { a: { artifact: 'steps.a' } } },
    { ...least, environments: { a: { target: 'kubernetes' } } },
    { ...least, environments: { a: { approvals: 1 } } },
  ];

  for (const mistake of mistakes) assert.equal(validate(mistake), false, JSON.stringify(mistake));
});

test('docs/reference/tidegate.schema.json is up to date', () => {
  const path = join(root, 'docs/reference/tidegate.schema.json');
  const text = `${JSON.stringify(projectSchema(), null, 2)}\n`;

  if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(path, text);
  assert.equal(readFileSync(path, 'utf8'), text, 'run this test with UPDATE_FIXTURES=1');
});

test('docs/reference/tidegate-yaml.md has every key, and no other', () => {
  const page = readFileSync(join(root, 'docs/reference/tidegate-yaml.md'), 'utf8');
  const shown = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? '');

  assert.deepEqual(shown.toSorted(), keysOf(projectFile.schema, '').toSorted());
});

test('the examples of docs/reference/tidegate-yaml.md have no mistake of shape', () => {
  const page = readFileSync(join(root, 'docs/reference/tidegate-yaml.md'), 'utf8');
  const examples = [...page.matchAll(/```yaml\n([^]*?)```/g)].map((match) => match[1] ?? '');

  assert.ok(examples.length > 5);
  for (const example of examples) {
    const parsed = parseYaml('tidegate.yaml', example.startsWith('version') ? example : `version: 1\n${example}`, projectFile);
    assert.deepEqual(parsed.ok ? [] : parsed.failure.map(({ message }) => message), [], example);
  }
});

/** Qualified names of all keys: `data.NAME.from.files`. */
function keysOf(schema: Json | undefined, prefix: string): readonly string[] {
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) return [];
  const { properties, additionalProperties, not } = schema as { readonly [keyword: string]: Json };
  const isSecret = Object.keys((properties ?? {}) as object).join() === 'secret'; // { secret: NAME } is a value, and no mapping with keys of its own
  if (not !== undefined || isSecret) return [];
  const named = Object.entries((properties ?? {}) as { readonly [name: string]: Json })
    .filter(([, member]) => !Object.hasOwn(member as object, 'not'))
    .flatMap(([name, member]) => [`${prefix}${name}`, ...keysOf(member, `${prefix}${name}.`)]);
  return [...named, ...keysOf(additionalProperties, `${prefix}NAME.`)];
}
