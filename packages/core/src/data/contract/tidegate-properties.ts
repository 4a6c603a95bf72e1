import { nearest, shape } from '@tidegate/formats';
import type { CustomProperty } from './contract-shape.ts';
import type { Report } from './rule-place.ts';

/** What Tidegate adds to ODCS by `customProperties`; docs/reference/data-contract.md. */
const known = {
  object: ['tidegate.time', 'tidegate.inferred', 'tidegate.version'],
  column: [
    'tidegate.knownAt',
    'tidegate.personal',
    'tidegate.inferred',
    'tidegate.distribution',
    'tidegate.drift',
    'tidegate.skew',
    'tidegate.label',
  ],
} as const;

/** `learning-rules.ts` and `infer` have these. */
const readElsewhere: readonly string[] = [
  'tidegate.inferred',
  'tidegate.distribution',
  'tidegate.drift',
  'tidegate.skew',
  'tidegate.label',
];

export interface TidegateProperties {
  readonly time: string | null;
  readonly knownAt: string | null;
  readonly personal: boolean;
  /** First digits of the digest of the version that an object is pinned to. */
  readonly version: string | null;
}

/** Reads the entries whose names start with `tidegate.`; those of other tools are passed over. Mistakes are reported. */
export function tidegateProperties(
  entries: readonly CustomProperty[] | undefined,
  {
    level,
    path,
    report,
    columns,
  }: { readonly level: keyof typeof known; readonly path: shape.Path; readonly report: Report; readonly columns: readonly string[] },
): TidegateProperties {
  const found: { -readonly [K in keyof TidegateProperties]: TidegateProperties[K] } = {
    time: null,
    knownAt: null,
    personal: false,
    version: null,
  };
  for (const [index, { property, value }] of (entries ?? []).entries()) {
    if (!property.startsWith('tidegate.')) continue;
    const at = [...path, 'customProperties', index];
    const near = nearest(property, known[level]);
    if (!known[level].some((name) => name === property))
      report(
        [...at, 'property'],
        `Cannot use "${property}": Tidegate has no such property ${level === 'column' ? 'of a column' : 'of an object'}`,
        near === null ? `Known here: ${known[level].join(', ')}` : `Did you mean "${near}"?`,
      );
    else if (readElsewhere.includes(property)) continue;
    else if (property === 'tidegate.version') {
      if (typeof value === 'string' && /^(sha256:)?[0-9a-f]{6,64}$/.test(value)) found.version = value.replace('sha256:', '');
      else
        report(
          [...at, 'value'],
          `Cannot use "tidegate.version": it must be the digest of a version or its first digits, found ${shape.describe(value)}`,
          'See "tidegate data log NAME"',
        );
    } else if (property === 'tidegate.personal') {
      if (typeof value === 'boolean') found.personal = value;
      else report([...at, 'value'], `Cannot use "tidegate.personal": it must be true or false, found ${shape.describe(value)}`, null);
    } else {
      const column = columnNamed(value, columns, (message, hint) => report([...at, 'value'], `Cannot use "${property}": ${message}`, hint));
      if (property === 'tidegate.time') found.time = column;
      else found.knownAt = column;
    }
  }
  return found;
}

function columnNamed(value: unknown, columns: readonly string[], report: (message: string, hint: string | null) => void): string | null {
  if (typeof value !== 'string') {
    report(`it must name a column, found ${shape.describe(value)}`, null);
    return null;
  }
  if (columns.includes(value)) return value;
  const near = nearest(value, columns);
  report(`the data contract has no column "${value}"`, near === null ? `Columns: ${columns.join(', ')}` : `Did you mean "${near}"?`);
  return null;
}
