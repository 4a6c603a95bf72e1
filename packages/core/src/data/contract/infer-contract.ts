import type { Column, ColumnProfile, DatasetVersion } from '@tidegate/formats';

export interface InferOptions {
  /** Columns to promise as primary key, in order. Default none: that no two rows agreed so far proves no key. */
  readonly primaryKey?: readonly string[];
}

/** Different values up to which a number is taken for a code, which gets no limits. */
const codes = 50;
/** Rows for each different text from which the texts seen are taken for all there are. */
const rowsPerText = 10;

/**
 * The text of an ODCS v3.1.0 data contract that a dataset version keeps: types, what is never null, the values of text columns that
 * have few, and wide limits of numbers. A start to be edited: docs/reference/data-contract.md says how it guesses.
 */
export function inferContract(version: DatasetVersion, options: InferOptions = {}): string {
  const { primaryKey = [] } = options;
  const profiles = new Map(version.profile.columns.map((profile) => [profile.name, profile]));
  const lines = [
    '# Open Data Contract Standard v3.1.0 (https://bitol-io.github.io/open-data-contract-standard), inferred by Tidegate',
    `# from ${version.rows} rows in ${version.files} ${version.files === 1 ? 'file' : 'files'}. Tighten what you know better.`,
    'apiVersion: v3.1.0',
    'kind: DataContract',
    `id: ${quoted(version.dataset)}`,
    'version: 1.0.0',
    'status: draft',
    'schema:',
    `  - name: ${quoted(version.dataset)}`,
    '    logicalType: object',
    '    physicalType: file',
    ...(version.time === null
      ? []
      : ['    customProperties:', '      - property: tidegate.time', `        value: ${quoted(version.time)}`]),
    '    properties:',
    ...version.columns.flatMap((column) =>
      propertyLines(column, {
        profile: profiles.get(column.name),
        position: primaryKey.indexOf(column.name) + 1,
        knownAt: version.knownAt[column.name],
      }),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

interface PropertyFacts {
  readonly profile: ColumnProfile | undefined;
  /** Place in the primary key from 1; 0 for none. */
  readonly position: number;
  readonly knownAt: string | undefined;
}

function propertyLines(column: Column, { profile, position, knownAt }: PropertyFacts): readonly string[] {
  return [
    `      - name: ${quoted(column.name)}`,
    `        logicalType: ${column.type}`,
    `        physicalType: ${quoted(column.physicalType)}`,
    ...(profile !== undefined && profile.nulls === 0 ? ['        required: true'] : []),
    ...(position > 0 ? ['        primaryKey: true', `        primaryKeyPosition: ${position}`] : []),
    ...(profile === undefined ? [] : [...limitLines(column, profile), ...valueLines(column, profile)]),
    ...(knownAt === undefined
      ? []
      : ['        customProperties:', '          - property: tidegate.knownAt', `            value: ${quoted(knownAt)}`]),
  ];
}

/** Half the range seen is added on each side, outward to two digits; what was never negative stays so. */
function limitLines({ type }: Column, { min, max, distinct, rows }: ColumnProfile): readonly string[] {
  if ((type !== 'integer' && type !== 'number') || typeof min !== 'number' || typeof max !== 'number') return [];
  const isIdentifier = type === 'integer' && distinct > 0.8 * rows;
  if (distinct <= codes || isIdentifier) return [];
  const slack = max / 2 - min / 2;
  const low = min >= 0 ? Math.max(0, min - slack) : min - slack;
  if (!Number.isFinite(low) || !Number.isFinite(max + slack)) return [];
  return [
    `        logicalTypeOptions: # seen: ${min} to ${max}; half of that range is added on each side`,
    `          minimum: ${outward(low, Math.floor)}`,
    `          maximum: ${outward(max + slack, Math.ceil)}`,
  ];
}

function outward(value: number, round: (value: number) => number): number {
  if (value === 0) return 0;
  const digits = Math.floor(Math.log10(Math.abs(value))) - 1;
  // a power of ten below one is not exact, its reciprocal is
  return digits >= 0 ? round(value / 10 ** digits) * 10 ** digits : round(value * 10 ** -digits) / 10 ** -digits;
}

/** Only where the profile holds every value that the column has. */
function valueLines({ type }: Column, { top, rows, nulls, distinct }: ColumnProfile): readonly string[] {
  if (type !== 'string' || top === null || top.length === 0) return [];
  const counted = top.reduce((sum, { count }) => sum + count, 0);
  if (counted !== rows - nulls || distinct !== top.length || counted < rowsPerText * top.length) return [];
  const values = top.map(({ value }) => value).sort();
  return [
    '        quality:',
    '          - metric: invalidValues',
    '            arguments:',
    `              validValues: [${values.map(quoted).join(', ')}]`,
    '            mustBe: 0',
  ];
}

/** JSON text is a YAML text in double quotes; what YAML calls unprintable is escaped too. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
