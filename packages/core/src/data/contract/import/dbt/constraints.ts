import type { JsonObject } from '@tidegate/formats';
import type { Part } from '../assemble.ts';
import { checkRule, nearly, notTaken, propertyOf, ruleOf, type Taken } from '../foreign-rules.ts';
import { textIn, textsIn } from '../read-arguments.ts';
import { uniqueTogether } from '../unique-together.ts';

/** What comes of a constraint of a model contract, of a column or of the model (`columns`). */
export function constraintTaken(
  constraint: JsonObject,
  { column, isEnforced }: { readonly column: string | null; readonly isEnforced: boolean },
): Part {
  const type = textIn(constraint, 'type') ?? '';
  const expression = textIn(constraint, 'expression');
  const what = `constraint ${type}${expression === null ? '' : ` ${expression}`}`;
  if (!isEnforced) return { what, taken: [notTaken(column, 'dbt holds to it only with "contract: { enforced: true }"')] };
  const columns = column === null ? (textsIn(constraint, 'columns') ?? []) : [column];
  return { what, taken: takenOf(type, { constraint, columns, expression, column }) };
}

interface Given {
  readonly constraint: JsonObject;
  readonly columns: readonly string[];
  readonly expression: string | null;
  readonly column: string | null;
}

function takenOf(type: string, { constraint, columns, expression, column }: Given): readonly Taken[] {
  const [only] = columns;
  switch (type) {
    case 'not_null':
      return columns.map((name) => propertyOf(name, { required: true }));
    case 'unique':
      if (columns.length === 1 && only !== undefined) return [propertyOf(only, { unique: true })];
      return columns.length === 0 ? [notTaken(column, 'it names no columns')] : [ruleOf(null, uniqueTogether(columns))];
    case 'primary_key':
      return columns.map((name, index) => propertyOf(name, { primaryKey: true, primaryKeyPosition: index + 1 }));
    case 'check':
      return expression === null ? [notTaken(column, 'it has no expression')] : [ruleOf(null, checkRule('condition', { sql: expression }))];
    case 'foreign_key': {
      const to = textIn(constraint, 'to');
      const there = textsIn(constraint, 'to_columns') ?? [];
      if (to === null || columns.length !== 1 || only === undefined || there[0] === undefined)
        return [notTaken(column, 'what it refers to is told by SQL alone')];
      return [
        propertyOf(only, { relationships: [{ type: 'foreignKey', to: `${referred(to)}.${there[0]}` }] }),
        nearly(only, 'the relationship is in the document, and rows are not compared with the other table'),
      ];
    }
    default:
      return [notTaken(column, 'no check of Tidegate says it')];
  }
}

/** `ref('stores')`, `source('raw', 'stores')` → `stores`. */
export function referred(to: string): string {
  return /(?:ref|source)\(\s*(?:['"][^'"]*['"]\s*,\s*)?['"]([^'"]*)['"]/.exec(to)?.[1] ?? to;
}
