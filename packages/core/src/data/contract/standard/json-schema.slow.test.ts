import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Json, shape } from '@tidegate/formats';
import { Ajv2019 } from 'ajv/dist/2019.js';
import fc from 'fast-check';
import { parseYaml } from '../../../config/index.ts';
import { readdir, readFile } from '../../../platform/index.ts';
import { schemaProblems } from './json-schema.ts';
import { standardSchemas, type StandardVersion, standardVersions } from './standard-mistakes.ts';

const fixtures = fileURLToPath(new URL('../../../../fixtures/odcs', import.meta.url));
const names = (await readdir(fixtures)).filter((name) => name.endsWith('.odcs.yaml')).toSorted();
const examples = await Promise.all(names.map(async (name) => ({ name, document: await documentIn(join(fixtures, name)) })));

const ajv = new Ajv2019({ strict: false, validateFormats: false });
const validators = new Map(standardVersions.map((version) => [version, ajv.compile(standardSchemas[version])]));

async function documentIn(path: string): Promise<Json> {
  const parsed = parseYaml(path, await readFile(path, 'utf8'), shape.anything());
  assert.ok(parsed.ok, `${path}: ${JSON.stringify(parsed)}`);
  return parsed.value;
}

function versionOf(document: Json): StandardVersion {
  const { apiVersion } = document as { readonly apiVersion?: unknown };
  return standardVersions.find((version) => version === apiVersion) ?? 'v3.1.0';
}

/** A copy of a document with one value somewhere replaced, taken away, renamed or added. */
function changed(document: Json, { at, how, name, value }: Change): Json {
  const copy = structuredClone(document);
  const places: { readonly holder: { [name: string]: Json }; readonly key: string }[] = [];
  const walk = (holder: Json): void => {
    if (typeof holder !== 'object' || holder === null) return;
    for (const key of Object.keys(holder)) {
      places.push({ holder: holder as { [name: string]: Json }, key });
      walk((holder as { [name: string]: Json })[key] ?? null);
    }
  };
  walk(copy);
  const place = places[at % places.length];
  if (place === undefined) return copy;
  const { holder, key } = place;
  if (how === 'replace') holder[key] = value;
  else if (how === 'add' && !Array.isArray(holder)) holder[name] = value;
  else if (how === 'rename' && !Array.isArray(holder)) {
    holder[name] = holder[key] ?? null;
    delete holder[key];
  } else if (!Array.isArray(holder)) delete holder[key];
  return copy;
}

interface Change {
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'rename' | 'add';
  readonly name: string;
  readonly value: Json;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(2000),
  how: fc.constantFrom('replace', 'remove', 'rename', 'add'),
  name: fc.constantFrom(
    'type',
    'name',
    'metric',
    'engine',
    'implementation',
    'query',
    'mustBe',
    'mustBeBetween',
    'logicalType',
    'properties',
    'items',
    'id',
    'from',
    'to',
    'server',
    'logicalTypeOptions',
    'minimum',
    'unit',
    'members',
    'value',
    'nonsense',
  ),
  value: fc.constantFrom<Json>(
    null,
    true,
    3,
    -1.5,
    '',
    'text',
    'a.b',
    'sql',
    'custom',
    'library',
    'rowCount',
    'object',
    'array',
    'string',
    'postgres',
    [],
    [1, 1],
    [1, 2],
    ['a.b'],
    [{}],
    {},
    {
      minimum: 1,
    },
  ),
});

test('whatever is done to an example, it is valid exactly where a validator of JSON Schema says so', () => {
  fc.assert(
    fc.property(fc.constantFrom(...examples), fc.array(change, { minLength: 1, maxLength: 3 }), ({ document }, changes) => {
      const given = changes.reduce(changed, document);
      const version = versionOf(given);
      const found = schemaProblems(standardSchemas[version], given);
      assert.equal(found.length === 0, validators.get(version)?.(given), JSON.stringify(found.slice(0, 3)));
    }),
    { seed: 31, numRuns: 1000 },
  );
});
