import { nearest, type shape, unreachable } from '@tidegate/formats';
import { dimensionSynonyms, type RuleText } from './contract-shape.ts';
import { type Dimension, dimensions, type Limit, type Rule, type RuleBody } from './data-contract.ts';
import { checkBody } from './parse-check.ts';
import { argumentsOf, literals } from './rule-arguments.ts';
import { limitOf } from './rule-limit.ts';
import type { RulePlace } from './rule-place.ts';

/** One entry of `quality:`; null for a text, which is documentation, and for a mistake, which is reported. */
export function parseRule(text: RuleText, place: RulePlace): Rule | null {
  const body = bodyOf(text, place);
  if (body === null) return null;
  return {
    name: text.id ?? text.name ?? null,
    description: text.description ?? null,
    dimension: dimensionOf(text.dimension),
    severity: /^(info|warn|warning)$/i.test(text.severity ?? '') ? 'warning' : 'error',
    body,
    path: place.path,
  };
}

function dimensionOf(text: RuleText['dimension']): Dimension | null {
  if (text === undefined) return null;
  const synonym = dimensionSynonyms.findIndex((short) => short === text);
  return dimensions[synonym] ?? dimensions.find((dimension) => dimension === text) ?? null;
}

function bodyOf(text: RuleText, place: RulePlace): RuleBody | null {
  const type = text.type ?? (text.query !== undefined && text.metric === undefined ? 'sql' : 'library');
  switch (type) {
    case 'text':
      return null;
    case 'custom':
      return text.engine === 'tidegate' ? checkBody(text, place) : { kind: 'custom', engine: text.engine ?? 'another tool' };
    case 'sql': {
      const limit = limitOf(text, place);
      if (text.query === undefined)
        place.report(place.path, 'Cannot measure the rule: it has no "query"', 'Add "query: SELECT count(*) FROM {object} WHERE …"');
      return limit === null || text.query === undefined ? null : { kind: 'sql', query: text.query, limit };
    }
    case 'library':
      return libraryBody(text, place);
    default:
      return unreachable(type);
  }
}

const metrics = {
  column: ['nullValues', 'missingValues', 'invalidValues', 'duplicateValues'],
  object: ['duplicateValues', 'rowCount'],
} as const;

function libraryBody(text: RuleText, place: RulePlace): RuleBody | null {
  const { path, level, reportMetric } = place;
  const metric = [...metrics.column, ...metrics.object].find((one) => one === text.metric);
  if (text.metric === undefined) {
    const hint =
      text.rule === undefined
        ? 'Add "metric:", or "type: text" for a rule in words'
        : 'Name it by "metric:"; "rule:" went with version 3.0';
    reportMetric(path, 'Cannot measure the rule: it has no "metric"', hint);
    return null;
  }
  if (metric === undefined || !metrics[level].some((one) => one === metric)) {
    reportMetric([...path, 'metric'], noSuchMetric(text.metric, metric !== undefined, level), metricHint(text.metric, level));
    return null;
  }
  const limit = limitOf(text, place);
  return limit === null ? null : metricBody(metric, { text, limit, place });
}

function noSuchMetric(found: string, exists: boolean, level: RulePlace['level']): string {
  const here = level === 'column' ? 'a property' : 'the object';
  return `Cannot measure "${found}": ${exists ? `it is no metric of ${here}` : 'the standard has no such metric'}`;
}

function metricHint(found: string, level: RulePlace['level']): string {
  const near = nearest(found, metrics[level]);
  return near === null || near === found
    ? `Metrics here: ${metrics[level].join(', ')}; anything else can be "type: sql"`
    : `Did you mean "${near}"?`;
}

type Metric = (typeof metrics)['column' | 'object'][number];

function metricBody(
  metric: Metric,
  { text, limit, place }: { readonly text: RuleText; readonly limit: Limit; readonly place: RulePlace },
): RuleBody | null {
  const { path, report } = place;
  const given = argumentsOf(text.arguments, path, report);
  const at = (name: string): shape.Path => [...path, 'arguments', name];
  const others = refuseOthers(given, metric, place);
  switch (metric) {
    case 'nullValues':
    case 'rowCount':
      return { kind: metric, limit };
    case 'missingValues':
      return { kind: metric, missing: literals(given['missingValues'], at('missingValues'), report) ?? [null, ''], limit };
    case 'invalidValues': {
      const valid = literals(given['validValues'], at('validValues'), report);
      const pattern = given['pattern'] ?? null;
      if (pattern !== null && typeof pattern !== 'string')
        report(at('pattern'), 'Cannot use "pattern": it must be text', 'Write it in single quotes');
      if (valid === null && pattern === null && others === 0)
        report(
          path,
          'Cannot measure "invalidValues": nothing says what is valid',
          'Add "arguments: { validValues: [a, b] }" or "arguments: { pattern: ^x$ }"',
        );
      return { kind: metric, valid, pattern: typeof pattern === 'string' ? pattern : null, limit };
    }
    case 'duplicateValues':
      return { kind: metric, columns: duplicateColumns(given['properties'], at('properties'), place), limit };
    default:
      return unreachable(metric);
  }
}

const argumentNames: Readonly<Record<Metric, readonly string[]>> = {
  nullValues: [],
  rowCount: [],
  missingValues: ['missingValues'],
  invalidValues: ['validValues', 'pattern'],
  duplicateValues: ['properties'],
};

/** @returns how many arguments the metric does not have */
function refuseOthers(given: { readonly [name: string]: unknown }, metric: Metric, { path, report }: RulePlace): number {
  const others = Object.keys(given).filter((one) => !argumentNames[metric].includes(one));
  for (const name of others) {
    const near = nearest(name, argumentNames[metric]);
    report(
      [...path, 'arguments', name],
      `Cannot use "${name}": "${metric}" has no such argument`,
      near === null ? null : `Did you mean "${near}"?`,
    );
  }
  return others.length;
}

function duplicateColumns(value: unknown, path: shape.Path, { level, columns, report }: RulePlace): readonly string[] | null {
  if (level === 'column' && value === undefined) return null;
  if (!Array.isArray(value) || value.length === 0 || !value.every((one) => typeof one === 'string')) {
    report(path, 'Cannot count duplicates: nothing says of which properties', 'Add "arguments: { properties: [a, b] }"');
    return [];
  }
  return value.map((name: string, index) => {
    const column = columns.get(name);
    if (column !== undefined) return column;
    const near = nearest(name, [...columns.keys()]);
    report(
      [...path, index],
      `Cannot count duplicates of "${name}": the data contract has no such property`,
      near === null ? null : `Did you mean "${near}"?`,
    );
    return name;
  });
}
