import type { Json, JsonObject } from '@tidegate/formats';
import { assemble, type ObjectParts, type Part } from '../assemble.ts';
import { checkRule, type ImportedContract, type NotTaken, notTaken, propertyOf, ruleOf } from '../foreign-rules.ts';
import { asObject, flagIn, objectIn, objectsIn, textIn, textsIn } from '../read-arguments.ts';
import { constraintTaken } from './constraints.ts';
import { readTest } from './dbt-test.ts';
import { logicalTypeOf } from '../type-names.ts';
import { testTaken } from './test-rules.ts';

/**
 * A properties file of dbt (`schema.yml`) as a data contract with one object for each model, seed, snapshot and table of a source.
 * @returns null when the document describes none of them
 */
export function importDbt(document: Json, id: string): ImportedContract | null {
  const file = asObject(document);
  if (file === null) return null;
  const described = [
    ...['models', 'seeds', 'snapshots'].flatMap((kind) => objectsIn(file, kind)),
    ...objectsIn(file, 'sources').flatMap((source) => objectsIn(source, 'tables')),
  ].filter((one) => textIn(one, 'name') !== null);
  if (described.length === 0) return null;
  const others: readonly NotTaken[] = ['unit_tests', 'data_tests', 'exposures', 'metrics', 'semantic_models', 'groups']
    .filter((kind) => objectsIn(file, kind).length > 0)
    .map((kind) => ({ object: null, column: null, what: kind, why: 'they are about no columns and rows of one table', isNearly: false }));
  return assemble({ id, description: null, objects: described.map(objectOf), notTaken: others });
}

function objectOf(model: JsonObject): ObjectParts {
  const description = textIn(model, 'description');
  const tags = textsIn(model, 'tags') ?? textsIn(objectIn(model, 'config') ?? {}, 'tags');
  const isEnforced = flagIn(objectIn(objectIn(model, 'config') ?? {}, 'contract') ?? objectIn(model, 'contract') ?? {}, 'enforced');
  const columns = objectsIn(model, 'columns').filter((column) => textIn(column, 'name') !== null);
  const names = columns.map((column) => textIn(column, 'name') ?? '');
  const parts: Part[] = columns.flatMap((column) => columnParts(column, isEnforced));
  if (isEnforced && names.length > 0)
    parts.push({ what: 'contract: enforced', taken: [ruleOf(null, checkRule('columnsAre', { columns: names }))] });
  for (const constraint of objectsIn(model, 'constraints')) parts.push(constraintTaken(constraint, { column: null, isEnforced }));
  parts.push(...testParts(model, null));
  return {
    name: textIn(model, 'name') ?? '',
    ...(description !== null && description !== '' && { description }),
    ...(tags !== null && tags.length > 0 && { tags }),
    parts,
  };
}

function columnParts(column: JsonObject, isEnforced: boolean): readonly Part[] {
  const name = textIn(column, 'name') ?? '';
  const [typeName, description] = [textIn(column, 'data_type'), textIn(column, 'description')];
  const type = typeName === null || !isEnforced ? null : logicalTypeOf(typeName);
  const tags = textsIn(column, 'tags');
  const members = {
    ...(type !== null && { logicalType: type }),
    ...(typeName !== null && { physicalType: typeName }),
    ...(description !== null && description !== '' && { description }),
    ...(tags !== null && tags.length > 0 && { tags }),
  };
  const isUnknown = typeName !== null && isEnforced && type === null;
  return [
    {
      what: `data_type: ${typeName ?? ''}`,
      taken: [propertyOf(name, members), ...(isUnknown ? [notTaken(name, 'it is no type of the standard')] : [])],
    },
    ...objectsIn(column, 'constraints').map((constraint) => constraintTaken(constraint, { column: name, isEnforced })),
    ...testParts(column, name),
  ];
}

/** Under `data_tests:`, or `tests:` as it was called before version 1.8. */
function testParts(place: JsonObject, column: string | null): readonly Part[] {
  return ['data_tests', 'tests'].flatMap((key) => {
    const listed = place[key];
    if (!Array.isArray(listed)) return [];
    return (listed as readonly Json[]).map((entry): Part => {
      const test = readTest(entry, column);
      return test === null
        ? { what: JSON.stringify(entry), taken: [notTaken(column, 'it is no test by its name')] }
        : { what: test.what, taken: testTaken(test) };
    });
  });
}
