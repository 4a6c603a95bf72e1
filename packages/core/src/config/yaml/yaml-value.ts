import type { ErrorCode, Json } from '@tidegate/formats';
import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar } from 'yaml';
import type { Mistake } from './mistake.ts';
import { yamlLimits } from './yaml-limits.ts';

export interface YamlValue {
  readonly value: Json;
  readonly mistakes: readonly Mistake[];
  /** The node that each alias stands for. */
  readonly aliases: ReadonlyMap<ParsedNode, ParsedNode>;
}

type Report = (node: ParsedNode, code: ErrorCode, message: string, hint: string | null) => null;

/**
 * Turns nodes into a JSON value. Refuses what JSON cannot carry and what could hurt: names that are no plain text, a name
 * twice, `__proto__`, numbers that would lose digits, aliases that grow without end.
 */
export function yamlValue(root: ParsedNode | null): YamlValue {
  const mistakes: Mistake[] = [];
  const anchors = new Map<string, ParsedNode>();
  const aliases = new Map<ParsedNode, ParsedNode>();
  let values = 0;
  const report: Report = (node, code, message, hint) => {
    mistakes.push({ code, message, hint, from: node.range[0], to: node.range[1] });
    return null;
  };
  const turn = (node: ParsedNode | null, depth: number): Json => {
    if (node === null || values > yamlLimits.values) return null;
    values += 1;
    if (values > yamlLimits.values) return report(node, 'TG-CONFIG-YAML-LIMIT', ...tooMuch(`${yamlLimits.values} values`));
    if (depth > yamlLimits.depth) return report(node, 'TG-CONFIG-YAML-LIMIT', ...tooMuch(`${yamlLimits.depth} levels`));
    if (isAlias(node)) {
      const meant = anchors.get(node.source);
      if (meant === undefined) return report(node, 'TG-CONFIG-YAML-SYNTAX', ...noAnchor(node.source));
      aliases.set(node, meant);
      return turn(meant, depth + 1);
    }
    const value = isScalar(node)
      ? scalarValue(node, report)
      : isSeq(node)
        ? node.items.map((item) => turn(item, depth + 1))
        : mappingValue(node, (member) => turn(member, depth + 1), report);
    // noted after its content: an alias inside cannot mean the value that holds it
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    return value;
  };
  return { value: turn(root, 0), mistakes, aliases };
}

const tooMuch = (limit: string): [string, string] => [
  `Cannot read the file: with its aliases written out it has more than ${limit}`,
  'Take aliases out, or move data out of the file',
];

const noAnchor = (name: string): [string, string] => [
  `Cannot read the alias "*${name}": no "&${name}" stands before it`,
  'Write a text that starts with "*" in double quotes',
];

/** The text of a mapping's name; null when it is not a plain one. Names such as `1` or `true` count as they are written. */
export function nameOfKey(key: ParsedNode | null): string | null {
  return isScalar(key) ? (typeof key.value === 'string' ? key.value : (key.source ?? null)) : null;
}

function mappingValue(node: ParsedNode, turn: (member: ParsedNode | null) => Json, report: Report): Json {
  const value: { [name: string]: Json } = {};
  if (!isMap<ParsedNode, ParsedNode | null>(node)) return value;
  for (const { key, value: member } of node.items) {
    const name = nameOfKey(key);
    if (name === null)
      report(key, 'TG-CONFIG-YAML-UNSUPPORTED', 'Cannot use a name of a mapping: it is not a plain text', 'Name it by one word');
    else if (name.length > yamlLimits.name) report(key, 'TG-CONFIG-YAML-LIMIT', ...longName(name));
    else if (name === '__proto__')
      report(key, 'TG-CONFIG-YAML-UNSUPPORTED', 'Cannot use the name "__proto__": it is reserved', 'Choose another name');
    else if (Object.hasOwn(value, name)) report(key, 'TG-CONFIG-DUPLICATE-NAME', ...twice(name));
    else value[name] = turn(member);
  }
  return value;
}

const longName = (name: string): [string, string] => [
  `Cannot use the name "${name.slice(0, 20)}…": it has ${name.length} characters and may have ${yamlLimits.name}`,
  'Choose a shorter name',
];

const twice = (name: string): [string, string] => [
  `Cannot use the name "${name}" twice in one mapping`,
  'Delete one of the two, or give it another name',
];

function scalarValue(node: Scalar.Parsed, report: Report): Json {
  const { value, source } = node;
  if (typeof value === 'number') {
    if (!Number.isFinite(value))
      return report(
        node,
        'TG-CONFIG-YAML-UNSUPPORTED',
        `Cannot use "${source}": it is not a finite number`,
        'Write a number, or a text in double quotes',
      );
    if (/^[-+]?\d+$/.test(source) && !Number.isSafeInteger(value))
      return report(
        node,
        'TG-CONFIG-YAML-UNSUPPORTED',
        `Cannot use the number "${source.slice(0, 40)}": it would lose digits`,
        'Write it in double quotes',
      );
    return value;
  }
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}
