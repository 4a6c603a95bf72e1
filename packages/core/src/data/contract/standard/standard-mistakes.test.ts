import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Json, shape } from '@tidegate/formats';
import { parseYaml } from '../../../config/index.ts';
import { readdir, readFile } from '../../../platform/index.ts';
import { keywords } from './json-schema.ts';
import { standardMistakes, standardSchemas, type StandardVersion, standardVersions } from './standard-mistakes.ts';

const fixtures = fileURLToPath(new URL('../../../../fixtures/odcs', import.meta.url));
const names = (await readdir(fixtures)).filter((name) => name.endsWith('.odcs.yaml')).toSorted();
const examples = await Promise.all(names.map(async (name) => ({ name, document: await documentIn(join(fixtures, name)) })));

async function documentIn(path: string): Promise<Json> {
  const parsed = parseYaml(path, await readFile(path, 'utf8'), shape.anything());
  assert.ok(parsed.ok, `${path}: ${JSON.stringify(parsed)}`);
  return parsed.value;
}

function versionOf(document: Json): StandardVersion {
  const { apiVersion } = document as { readonly apiVersion?: unknown };
  return standardVersions.find((version) => version === apiVersion) ?? 'v3.1.0';
}

test('the schemas have no keyword but those that are obeyed', () => {
  const found = new Set<string>();
  const walk = (schema: unknown, holdsNames: boolean): void => {
    if (typeof schema !== 'object' || schema === null) return;
    if (Array.isArray(schema)) return schema.forEach((one) => walk(one, false));
    for (const [name, value] of Object.entries(schema)) {
      if (!holdsNames) found.add(name);
      if (holdsNames || !['examples', 'default', 'enum', 'const'].includes(name))
        walk(value, !holdsNames && (name === 'properties' || name === '$defs'));
    }
  };
  for (const version of standardVersions) walk(standardSchemas[version], false);

  // definitions of servers lie in a group, which is no schema
  assert.deepEqual(
    [...found].filter((name) => name !== '$defs' && !keywords.includes(name) && !/^[A-Z]\w*Server$/.test(name)),
    [],
  );
});

/** A schema without what is said to people. */
function withoutWords(schema: unknown, holdsNames = false): unknown {
  if (Array.isArray(schema)) return schema.map((one) => withoutWords(one));
  if (typeof schema !== 'object' || schema === null) return schema;
  const words = ['description', 'examples', 'title', 'default', 'deprecated', 'format', '$schema'];
  return Object.fromEntries(
    Object.entries(schema).flatMap(([name, value]) => {
      if (!holdsNames && words.includes(name)) return [];
      return [[name, withoutWords(value, !holdsNames && ['properties', '$defs', 'ServerSource'].includes(name))]];
    }),
  );
}

test('the schemas are those of the standard without their words', async () => {
  for (const version of ['v3.1.0', 'v3.0.2'] as const) {
    const official = await readFile(join(fixtures, `../odcs-schemas/odcs-json-schema-${version}.json`), 'utf8');
    assert.deepEqual(standardSchemas[version], withoutWords(JSON.parse(official)), version);
  }
});

test('all 18 examples of the standard are valid by its schema', () => {
  assert.equal(examples.length, 18);
  for (const { name, document } of examples) assert.deepEqual(standardMistakes(versionOf(document), document), [], name);
});
