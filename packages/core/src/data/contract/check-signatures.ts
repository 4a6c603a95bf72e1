import type { LogicalType } from '@tidegate/formats';

/** What an argument of a check may be. */
export type ArgumentKind =
  | 'number'
  | 'count'
  | 'share'
  | 'text'
  | 'texts'
  | 'values'
  | 'flag'
  | 'duration'
  /** Bytes, as `2GB`. */
  | 'size'
  /** Files of the project, or patterns of them. */
  | 'files'
  | 'column'
  | 'columns'
  | 'comparison'
  | 'period'
  | 'day'
  | 'weekdays'
  | 'timeOfDay'
  | 'pattern'
  | 'patterns'
  | 'condition'
  /** Another dataset of the project. */
  | 'dataset'
  | 'aggregate'
  | 'changeUnit'
  /** `FILE.py:NAME` */
  | 'pythonFunction'
  /** Shares in percent by value. */
  | 'shares'
  /** The smallest and the largest number allowed, by probability. */
  | 'bounds';

export interface CheckSignature {
  readonly level: 'column' | 'object';
  /** Types of columns that it is for; null for any. */
  readonly of: readonly LogicalType[] | null;
  /**
   * What its number is of: `rows` that break it, `groups` of rows that do, or a `measure` of the column, for which an operator is needed. Nothing said, no row
   * and no group may break it. Of `truth` there is no number: it holds or it does not.
   */
  readonly counts: 'rows' | 'groups' | 'measure' | 'truth';
  /** Arguments that it cannot do without. */
  readonly needs: { readonly [argument: string]: ArgumentKind };
  readonly takes: { readonly [argument: string]: ArgumentKind };
  /** Of optional arguments at least one must be there. */
  readonly oneOf?: readonly string[];
  /** Whether it looks beyond the rows of one version, or asks Python, so that a step of its own measures it (`checks.NAME`). Default no. */
  readonly isFurther?: true;
}

const none = {};
const rows = (
  of: CheckSignature['of'],
  needs: CheckSignature['needs'] = none,
  takes: CheckSignature['takes'] = none,
  oneOf: readonly string[] = [],
): CheckSignature => ({ level: 'column', of, counts: 'rows', needs, takes, oneOf });
const measure = (
  of: CheckSignature['of'],
  needs: CheckSignature['needs'] = none,
  takes: CheckSignature['takes'] = none,
): CheckSignature => ({ level: 'column', of, counts: 'measure', needs, takes });
const object = (
  counts: CheckSignature['counts'],
  needs: CheckSignature['needs'],
  takes: CheckSignature['takes'] = none,
): CheckSignature => ({
  level: 'object',
  of: null,
  counts,
  needs,
  takes,
});

const further = (signature: CheckSignature): CheckSignature & { readonly isFurther: true } => ({ ...signature, isFurther: true });

const text = ['string'] as const;
const number = ['integer', 'number'] as const;
const day = ['date', 'timestamp'] as const;
const clock = ['timestamp', 'time'] as const;
const ordered = [...number, ...day, 'time'] as const;
const comparable = [...ordered, 'string', 'boolean'] as const;
const inOrder = { orderBy: 'column' } as const;

/** Every check of `type: custom`, `engine: tidegate`, by its name in `implementation.check`; docs/reference/checks.md says what each means. */
export const checkSignatures = {
  notBlank: rows(text),
  trimmed: rows(text),
  lengthBetween: rows(text, none, { min: 'count', max: 'count' }, ['min', 'max']),
  wordsBetween: rows(text, none, { min: 'count', max: 'count' }, ['min', 'max']),
  matchesAny: rows(text, { patterns: 'patterns' }),
  doesNotMatch: rows(text, { pattern: 'pattern' }),
  startsWith: rows(text, { texts: 'texts' }),
  endsWith: rows(text, { texts: 'texts' }),
  contains: rows(text, { texts: 'texts' }),
  doesNotContain: rows(text, { texts: 'texts' }),
  upperCase: rows(text),
  lowerCase: rows(text),
  ascii: rows(text),
  noControlCharacters: rows(text),
  isNumber: rows(text),
  isWholeNumber: rows(text),
  isDate: rows(text, none, { format: 'text' }),
  isJson: rows(text),
  isIpAddress: rows(text),
  isHex: rows(text),
  isBase64: rows(text),
  inSetIgnoringCase: rows(text, { values: 'values' }),
  notInSet: rows(comparable, { values: 'values' }),

  between: rows(number, none, { min: 'number', max: 'number', strictly: 'flag' }, ['min', 'max']),
  positive: rows(number),
  negative: rows(number),
  nonNegative: rows(number),
  notZero: rows(number),
  whole: rows(number),
  finite: rows(number),
  decimalsAtMost: rows(number, { digits: 'count' }),
  notOutlier: rows(number, none, { times: 'number' }),

  weekdayIn: rows(day, { days: 'weekdays' }),
  timeOfDayBetween: rows(clock, { from: 'timeOfDay', to: 'timeOfDay' }),

  increasing: rows(ordered, inOrder, { by: 'columns', strictly: 'flag' }),
  decreasing: rows(ordered, inOrder, { by: 'columns', strictly: 'flag' }),
  stepBetween: rows(number, inOrder, { by: 'columns', min: 'number', max: 'number' }, ['min', 'max']),
  noGapLongerThan: rows(day, { gap: 'duration' }, { by: 'columns' }),
  notRepeatedInARow: rows(comparable, { ...inOrder, times: 'count' }, { by: 'columns' }),

  distinctCount: measure(null),
  distinctShare: measure(null),
  valueShare: measure(comparable, { values: 'values' }),
  mostFrequentShare: measure(comparable),
  valuesAbsent: measure(comparable, { values: 'values' }),
  entropy: measure(comparable),
  meanLength: measure(text),
  least: measure(number),
  greatest: measure(number),
  mean: measure(number),
  median: measure(number),
  quantile: measure(number, { at: 'share' }),
  standardDeviation: measure(number),
  sum: measure(number),
  skewness: measure(number),
  kurtosis: measure(number),
  correlation: measure(number, { with: 'column' }),
  periodsWithoutRows: measure(day, { every: 'period' }),
  periodsWithFewRows: measure(day, { every: 'period' }, { min: 'count', from: 'day', until: 'day' }),
  valuesWithFewRows: measure(comparable, { values: 'values', min: 'count' }),
  shareDeviation: measure(comparable, { shares: 'shares' }),
  quantilesOutside: measure(number, { bounds: 'bounds' }),

  compare: object('rows', { left: 'column', is: 'comparison', right: 'column' }),
  allOrNone: object('rows', { columns: 'columns' }),
  atLeastOne: object('rows', { columns: 'columns' }),
  exactlyOne: object('rows', { columns: 'columns' }),
  sumOf: object('rows', { columns: 'columns', equals: 'column' }, { within: 'number' }),
  requiredWhen: object('rows', { column: 'column', when: 'column', is: 'values' }),
  condition: object('rows', { sql: 'condition' }),
  duplicateRows: object('rows', none),
  determines: object('groups', { columns: 'columns', column: 'column' }),
  rowsInGroup: object('groups', { columns: 'columns' }, { min: 'count', max: 'count' }),
  distinctTogether: object('measure', { columns: 'columns' }),
  shareOfLargestGroup: object('measure', { columns: 'columns' }),
  ratioOfSums: object('measure', { numerator: 'column', denominator: 'column' }),
  columnCount: object('measure', none),
  columnsAre: object('truth', { columns: 'texts' }, { inOrder: 'flag' }),

  existsIn: further(rows(comparable, { dataset: 'dataset', column: 'text' })),
  foreignKey: further(object('rows', { columns: 'columns', dataset: 'dataset' }, { references: 'texts' })),
  reconciles: further(
    object(
      'groups',
      { columns: 'columns', dataset: 'dataset' },
      { references: 'texts', amount: 'column', against: 'text', within: 'number', commonKeys: 'flag' },
    ),
  ),
  sameAggregate: further(
    object('truth', { aggregate: 'aggregate', dataset: 'dataset' }, { column: 'column', of: 'text', within: 'number' }),
  ),
  notOlderThan: further({ level: 'column', of: day, counts: 'truth', needs: { age: 'duration' }, takes: none }),
  noneOlderThan: further(rows(day, { age: 'duration' })),
  rowCountChange: further(object('measure', none, { in: 'changeUnit', versions: 'count' })),
  distanceFrom: further(measure([...number, 'string', 'boolean'], none, { version: 'text' })),
  python: further(
    object('rows', { function: 'pythonFunction' }, { columns: 'columns', uses: 'files', memory: 'size', timeout: 'duration' }),
  ),
} as const satisfies { readonly [name: string]: CheckSignature };

export type CheckName = keyof typeof checkSignatures;

export function isCheckName(name: string): name is CheckName {
  return Object.hasOwn(checkSignatures, name);
}
