import type { Json, JsonObject } from '@tidegate/formats';
import { assemble, type Part } from '../assemble.ts';
import {
  checkRule,
  type ImportedContract,
  libraryRule,
  nearly,
  notTaken,
  propertyOf,
  type RuleText,
  ruleOf,
  type Taken,
} from '../foreign-rules.ts';
import { asObject, flagIn, objectIn, objectsIn, textIn, textsIn } from '../read-arguments.ts';
import { logicalTypeOf } from '../type-names.ts';
import { uniqueTogether } from '../unique-together.ts';
import { panderaRules } from './pandera-rules.ts';

/**
 * What `panderaScript` tells of a DataFrameSchema or DataFrameModel, of pandas or polars, as a data contract.
 * @returns null when the document is no such description
 */
export function importPandera(document: Json, dataset: string): ImportedContract | null {
  const schema = asObject(document);
  if (schema === null || textIn(schema, 'pandera') === null || !Array.isArray(schema['columns'])) return null;
  const columns = objectsIn(schema, 'columns');
  const isCoerced = flagIn(schema, 'coerce');
  const parts = [...columns.flatMap((column) => columnParts(column, isCoerced)), ...tableParts(schema, columns)];
  const description = textIn(schema, 'description');
  return assemble({
    id: dataset,
    description: description ?? textIn(schema, 'name'),
    objects: [{ name: dataset, ...(description !== null && { description }), parts }],
    notTaken: [],
  });
}

function columnParts(column: JsonObject, isCoerced: boolean): readonly Part[] {
  const name = textIn(column, 'name') ?? '';
  if (flagIn(column, 'regex'))
    return [
      {
        what: `Column(${JSON.stringify(name)}, regex=True)`,
        taken: [notTaken(null, 'a property is one column, not all that match a pattern')],
      },
    ];
  const typeName = textIn(column, 'type');
  const type = typeName === null ? null : logicalTypeOf(typeName);
  const [description, title] = [textIn(column, 'description'), textIn(column, 'title')];
  const members = {
    ...(type !== null && { logicalType: type }),
    ...(description !== null && { description }),
    ...(title !== null && { businessName: title }),
    ...(!flagIn(column, 'nullable') && { required: true }),
    ...(flagIn(column, 'unique') && { unique: true }),
  };
  const taken: Taken[] = [propertyOf(name, members)];
  // two missing values are the same value to the tool
  if (flagIn(column, 'unique') && flagIn(column, 'nullable'))
    taken.push(ruleOf(name, libraryRule('nullValues', { mustBeLessOrEqualTo: 1 })));
  if (typeName !== null && type === null) taken.push(notTaken(name, `the type ${typeName} is no type of the standard`));
  if (isCoerced || flagIn(column, 'coerce')) taken.push(nearly(name, 'values are judged as they are, and not converted before (coerce)'));
  if (column['required'] === false) taken.push(nearly(name, 'the column must be there (required=False lets it be absent)'));
  return [
    { what: `Column(${JSON.stringify(name)})`, taken },
    ...objectsIn(column, 'checks').map((check) => ({ what: `${name}: ${checkName(check)}`, taken: checkTaken(name, check) })),
  ];
}

function checkName(check: JsonObject): string {
  const given = Object.entries(objectIn(check, 'statistics') ?? {}).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const error = textIn(check, 'error');
  return `Check ${textIn(check, 'name') ?? ''}(${given.join(', ')})${error === null ? '' : `: ${error}`}`;
}

function checkTaken(column: string, check: JsonObject): readonly Taken[] {
  if (!flagIn(check, 'known')) return [notTaken(column, 'it is a function of yours: write it as a rule of type sql')];
  const rules = panderaRules(textIn(check, 'name') ?? '', { column, given: objectIn(check, 'statistics') ?? {} });
  if (typeof rules === 'string') return [notTaken(column, rules)];
  const taken = rules.map((rule) => ruleOf(column, withManner(rule, check)));
  return check['ignoresNull'] === false ? [...taken, nearly(column, 'a missing value breaks no rule of values (ignore_na=False)')] : taken;
}

function withManner(rule: RuleText, check: JsonObject): RuleText {
  const description = textIn(check, 'description');
  return { ...(description !== null && { description }), ...rule, ...(flagIn(check, 'warns') && { severity: 'warning' }) };
}

function tableParts(schema: JsonObject, columns: readonly JsonObject[]): readonly Part[] {
  const names = columns.filter((column) => !flagIn(column, 'regex')).map((column) => textIn(column, 'name') ?? '');
  const parts: Part[] = objectsIn(schema, 'checks').map((check) => ({
    what: checkName(check),
    taken: [notTaken(null, 'it is a function over the table: write it as a rule of type sql')],
  }));
  const isWhole = names.length === columns.length && columns.every((column) => column['required'] !== false);
  if (schema['strict'] === true && isWhole)
    parts.push({
      what: 'strict=True',
      taken: [ruleOf(null, checkRule('columnsAre', { columns: names, ...(flagIn(schema, 'ordered') && { inOrder: true }) }))],
    });
  else if (schema['strict'] === true)
    parts.push({ what: 'strict=True', taken: [notTaken(null, 'which columns there are is not certain')] });
  else if (flagIn(schema, 'ordered')) parts.push({ what: 'ordered=True', taken: [notTaken(null, 'an order needs strict=True')] });
  const unique = typeof schema['unique'] === 'string' ? [schema['unique']] : (textsIn(schema, 'unique') ?? []);
  if (unique.length > 0) parts.push({ what: `unique=${JSON.stringify(unique)}`, taken: [ruleOf(null, uniqueTogether(unique))] });
  if (flagIn(schema, 'hasIndex')) parts.push({ what: 'index', taken: [notTaken(null, 'an index is no column of the data')] });
  return parts;
}
