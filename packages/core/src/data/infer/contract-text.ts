import { canonicalJson, type Json } from '@tidegate/formats';
import { createHash } from 'node:crypto';
import { chanceOf, type InferredColumn, type InferredContract, type InferredLimit } from './inferred-contract.ts';

/** The custom property that says which limits of a column or of the object are inference's own, and what they were. */
export const inferredProperty = 'tidegate.inferred';

/** Where a document has a limit of that name. */
export function placeOf(name: InferredLimit['name']): 'property' | 'option' | 'rule' {
  switch (name) {
    case 'required':
    case 'unique':
      return 'property';
    case 'minimum':
    case 'maximum':
    case 'minLength':
    case 'maxLength':
    case 'pattern':
      return 'option';
    case 'nullValues':
    case 'invalidValues':
    case 'between':
    case 'doesNotMatch':
    case 'trimmed':
    case 'finite':
      return 'rule';
  }
}

/**
 * The text of an ODCS v3.1.0 document for a person to edit: each limit with what it was inferred from and how likely a next version is to break it. `tidegate.inferred` notes what
 * inference wrote, so that `tidegate data infer --update` moves that and nothing else.
 */
export function contractText(inferred: InferredContract): string {
  const { dataset, time, isTimeInferred, key, columns, rules } = inferred;
  const lines = [
    '# Open Data Contract Standard v3.1.0 (https://bitol-io.github.io/open-data-contract-standard), inferred by Tidegate',
    ...headLines(inferred),
    'apiVersion: v3.1.0',
    'kind: DataContract',
    `id: ${quoted(dataset)}`,
    'version: 1.0.0',
    'status: draft',
    'schema:',
    `  - name: ${quoted(dataset)}`,
    '    logicalType: object',
    '    physicalType: file',
    ...custom('    ', [
      ...(time === null
        ? []
        : [{ property: 'tidegate.time', value: time, comment: isTimeInferred ? 'the only column that says when' : null }]),
      ...(rules.length === 0 ? [] : [{ property: inferredProperty, value: markOfRules(rules), comment: null }]),
    ]),
    ...(rules.length === 0 ? [] : ['    quality:', ...rules.map((rule) => `      - ${flow(rule.value)} # ${reasonText(rule)}`)]),
    ...(columns.length === 0 ? [] : ['    properties:', ...columns.flatMap((column) => propertyLines(column, { key, indent: '      ' }))]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Comments at the head of a document: what it was inferred from, and how likely it is to be broken. */
export function headLines(inferred: InferredContract): readonly string[] {
  const { rows, files } = inferred;
  return [
    `# from ${rows} rows in ${files} ${files === 1 ? 'file' : 'files'}. Tighten what you know better: what you edit stays as you wrote it.`,
    ...(rows === 0
      ? ['# There is no row, so nothing is promised but columns and types.']
      : [
          `# A next version of ${rows} rows like these breaks one of the limits that have a chance beside them with ${percent(chanceOf(inferred))} in all.`,
          '# The others are matters of form, which no row has broken so far.',
        ]),
  ];
}

/** One entry of `properties`. */
export function propertyLines(
  inferred: InferredColumn,
  { key, indent }: { readonly key: string | null; readonly indent: string },
): readonly string[] {
  const { column, keyPosition, knownAt, personal, limits, remarks } = inferred;
  const inner = `${indent}  `;
  const at = (place: ReturnType<typeof placeOf>): readonly InferredLimit[] => limits.filter(({ name }) => placeOf(name) === place);
  const [options, rules] = [at('option'), at('rule')];
  const marks = markOf(inferred);
  return [
    `${indent}- name: ${quoted(column.name)}`,
    ...remarks.map((remark) => `${inner}# ${remark}`),
    `${inner}logicalType: ${column.type}`,
    `${inner}physicalType: ${quoted(column.physicalType)}`,
    ...at('property').map((limit) => `${inner}${limit.name}: true # ${reasonText(limit)}`),
    ...(keyPosition > 0 ? [`${inner}primaryKey: true # ${key ?? 'as declared'}`, `${inner}primaryKeyPosition: ${keyPosition}`] : []),
    ...(options.length === 0
      ? []
      : [`${inner}logicalTypeOptions:`, ...options.map((limit) => `${inner}  ${limit.name}: ${flow(limit.value)} # ${reasonText(limit)}`)]),
    ...(rules.length === 0 ? [] : [`${inner}quality:`, ...rules.map((limit) => `${inner}  - ${flow(limit.value)} # ${reasonText(limit)}`)]),
    ...custom(inner, [
      ...(personal === null ? [] : [{ property: 'tidegate.personal', value: true, comment: `${personal}: no value of it is shown` }]),
      ...(knownAt === null ? [] : [{ property: 'tidegate.knownAt', value: knownAt, comment: null }]),
      ...(Object.keys(marks).length === 0 ? [] : [{ property: inferredProperty, value: marks, comment: null }]),
    ]),
  ];
}

/** Name of the limit → its value, for a rule its {@link ruleMark}: what `tidegate.inferred` of a column holds. */
export function markOf({ limits, keyPosition }: Pick<InferredColumn, 'limits' | 'keyPosition'>): { readonly [name: string]: Json } {
  return {
    ...Object.fromEntries(limits.map(({ name, value }) => [name, placeOf(name) === 'rule' ? ruleMark(value) : value])),
    ...(keyPosition > 0 && { primaryKey: keyPosition }),
  };
}

function markOfRules(rules: InferredContract['rules']): readonly string[] {
  return rules.map(({ value }) => ruleMark(value));
}

/** Tells whether a rule is still as it was written: the first digits of the SHA-256 of its canonical JSON. */
export function ruleMark(rule: Json): string {
  return createHash('sha256').update(canonicalJson(rule)).digest('hex').slice(0, 12);
}

/** Why something is promised, with its chance. */
export function reasonText({ seen, chance }: Pick<InferredLimit, 'seen' | 'chance'>): string {
  return oneLine(chance === null || chance === 0 ? seen : `${seen}; chance ${percent(chance)}`);
}

function percent(chance: number): string {
  if (chance === 0) return 'next to no chance';
  return chance < 1e-5 ? 'under 0.001 %' : `${Number((100 * chance).toPrecision(2))} %`;
}

function custom(
  indent: string,
  entries: readonly { readonly property: string; readonly value: Json; readonly comment: string | null }[],
): readonly string[] {
  if (entries.length === 0) return [];
  return [
    `${indent}customProperties:`,
    ...entries.map(
      ({ property, value, comment }) =>
        `${indent}  - { property: ${property}, value: ${flow(value)} }${comment === null ? '' : ` # ${oneLine(comment)}`}`,
    ),
  ];
}

/** A value as YAML on one line. */
export function flow(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (value !== null && typeof value === 'object')
    return `{ ${Object.entries(value)
      .map(([name, one]) => `${/^[A-Za-z][A-Za-z0-9]*$/.test(name) ? name : quoted(name)}: ${flow(one)}`)
      .join(', ')} }`;
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
}

/** JSON text is a YAML text in double quotes; what YAML calls unprintable is escaped too. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
