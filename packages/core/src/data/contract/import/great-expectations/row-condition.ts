import type { Json } from '@tidegate/formats';
import { sqlName, sqlValue } from '../foreign-rules.ts';
import { asObject, listIn, objectIn, objectsIn, textIn } from '../read-arguments.ts';

/**
 * A `row_condition` as SQL: the conditions of version 1 as mappings, or the text of earlier ones (`col("a") > 5`, `a == "x" and b.notnull()`). As in
 * pandas, a row without a value is one in which `!=` holds. @returns null when it says something that no SQL is known for
 */
export function conditionSql(condition: Json): string | null {
  if (typeof condition === 'string') return textCondition(condition);
  const given = asObject(condition);
  if (given === null) return null;
  const column = textIn(objectIn(given, 'column') ?? {}, 'name');
  switch (given['type']) {
    case 'comparison': {
      const operator = textIn(given, 'operator') ?? '';
      const list = listIn(given, 'parameter');
      if (column === null) return null;
      if (list !== null) return ['IN', 'NOT_IN'].includes(operator) ? membership(column, list, operator === 'NOT_IN') : null;
      return comparison(column, operator, given['parameter'] ?? null);
    }
    case 'nullity':
      return column === null ? null : `${sqlName(column)} IS ${given['is_null'] === true ? '' : 'NOT '}NULL`;
    case 'and':
    case 'or': {
      const parts = objectsIn(given, 'conditions').map((one) => conditionSql(one));
      if (parts.length === 0 || parts.includes(null)) return null;
      return `(${parts.join(given['type'] === 'and' ? ' AND ' : ' OR ')})`;
    }
    case 'pass_through':
      return textCondition(textIn(given, 'pass_through_filter') ?? '');
    default:
      return null;
  }
}

function comparison(column: string, operator: string, value: Json): string | null {
  const name = sqlName(column);
  const signs: { readonly [operator: string]: string } = { '==': '=', '=': '=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' };
  if (operator === '!=' || operator === '<>') return `${name} IS DISTINCT FROM ${sqlValue(value)}`;
  const sign = signs[operator];
  return sign === undefined ? null : `${name} ${sign} ${sqlValue(value)}`;
}

function membership(column: string, values: readonly Json[], isNot: boolean): string {
  const isOne = values.length === 0 ? 'false' : `coalesce(${sqlName(column)} IN (${values.map(sqlValue).join(', ')}), false)`;
  return isNot ? `NOT ${isOne}` : isOne;
}

const token =
  /\s*(?:(col)\s*\(\s*(?:"([^"]*)"|'([^']*)')\s*\)|`([^`]+)`|([A-Za-z_]\w*)|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(==|!=|<>|<=|>=|<|>|=|&&?|\|\|?|~|[()[\],.]))/gy;

interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'sign' | 'word';
  readonly text: string;
}

function tokensOf(text: string): readonly Token[] | null {
  const found: Token[] = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    const [whole, col, double, single, quoted, word, textDouble, textSingle, number, sign] = match;
    end = match.index + whole.length;
    const name = col === undefined ? quoted : (double ?? single);
    const literal = textDouble ?? textSingle;
    if (name !== undefined) found.push({ kind: 'name', text: name });
    else if (word !== undefined) found.push({ kind: 'word', text: word });
    else if (literal !== undefined) found.push({ kind: 'text', text: literal.replaceAll(/\\(.)/g, '$1') });
    else if (number !== undefined) found.push({ kind: 'number', text: number });
    else found.push({ kind: 'sign', text: sign ?? '' });
  }
  return text.slice(end).trim() === '' ? found : null;
}

/** Recursive descent over the tokens; what it does not know ends it. */
function textCondition(text: string): string | null {
  const tokens = tokensOf(text);
  if (tokens === null) return null;
  let at = 0;
  const peek = (): string => tokens[at]?.text.toLowerCase() ?? '';
  const isSign = (...signs: readonly string[]): boolean =>
    tokens[at] !== undefined && tokens[at]?.kind !== 'text' && signs.includes(peek());
  const refuse = (): never => {
    throw new NoSql();
  };
  const take = (...signs: readonly string[]): void => void (isSign(...signs) ? (at += 1) : refuse());
  const either = (): string => {
    const parts = [both()];
    while (isSign('or', '|', '||')) {
      at += 1;
      parts.push(both());
    }
    return parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(' OR ')})`;
  };
  const both = (): string => {
    const parts = [one()];
    while (isSign('and', '&', '&&')) {
      at += 1;
      parts.push(one());
    }
    return parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(' AND ')})`;
  };
  const one = (): string => {
    if (isSign('not', '~')) {
      at += 1;
      return `NOT coalesce(${one()}, false)`;
    }
    if (isSign('(')) {
      at += 1;
      const inner = either();
      take(')');
      return inner;
    }
    return statement();
  };
  const statement = (): string => {
    const { kind, text: name } = tokens[at] ?? refuse();
    if (kind !== 'name' && kind !== 'word') return refuse();
    at += 1;
    if (isSign('.')) {
      at += 1;
      const method = peek();
      if (!['notnull', 'notna', 'isnull', 'isna'].includes(method)) return refuse();
      at += 1;
      take('(');
      take(')');
      return `${sqlName(name)} IS ${method.startsWith('not') ? 'NOT ' : ''}NULL`;
    }
    const isNot = isSign('not');
    if (isNot) at += 1;
    if (isSign('in')) {
      at += 1;
      return membership(name, values(), isNot);
    }
    if (isNot) return refuse();
    const operator = tokens[at]?.kind === 'sign' ? peek() : refuse();
    at += 1;
    return comparison(name, operator, value()) ?? refuse();
  };
  const values = (): readonly Json[] => {
    const close = isSign('[') ? ']' : ')';
    take('[', '(');
    const list: Json[] = [];
    while (!isSign(close)) {
      list.push(value());
      if (!isSign(close)) take(',');
    }
    take(close);
    return list;
  };
  const value = (): Json => {
    const { kind, text: found } = tokens[at] ?? refuse();
    at += 1;
    if (kind === 'number') return Number(found);
    if (kind === 'text') return found;
    if (kind === 'word' && ['true', 'false'].includes(found.toLowerCase())) return found.toLowerCase() === 'true';
    return refuse();
  };
  try {
    const sql = either();
    return at === tokens.length ? sql : null;
  } catch (error) {
    if (error instanceof NoSql) return null;
    throw error;
  }
}

/** Ends the reading of a condition of which no SQL can be made. */
class NoSql extends Error {}
