import { canonicalJson, type CheckResult, type Json, type shape } from '@tidegate/formats';
import type { YamlEdit } from '../../config/index.ts';
import type { ContractColumn, DataContract } from '../contract/data-contract.ts';
import { flow, markOf, placeOf, propertyLines, reasonText, ruleMark } from './contract-text.ts';
import type { ColumnLimitName, InferredColumn, InferredContract, InferredLimit } from './inferred-contract.ts';
import { keyEdits, keyMoves, type KeyMove } from './propose-key.ts';
import { columnLimitNames, jsonAt, type Marks, marksAt, type WrittenLimit, writtenLimit } from './written-limits.ts';

/** Something that inference says otherwise than the document does. */
export interface ProposedChange {
  /** Null for a rule of the object. */
  readonly column: string | null;
  /** Name of the limit, `column` for all of a new one, `primaryKey`, or `rule`. */
  readonly what: string;
  readonly kind: 'added' | 'tightened' | 'loosened' | 'changed' | 'removed';
  /** What the document says; null for nothing. */
  readonly from: Json;
  /** What it is to say; null for nothing. */
  readonly to: Json;
  readonly evidence: string;
}

/** Something that a person wrote and the rows there are do not keep: it stays. */
export interface BrokenByData {
  readonly check: string;
  readonly promise: string;
  readonly evidence: string;
}

export interface Proposal {
  readonly changes: readonly ProposedChange[];
  readonly kept: readonly BrokenByData[];
  readonly edits: readonly YamlEdit[];
}

interface Made {
  readonly changes: readonly ProposedChange[];
  readonly edits: readonly YamlEdit[];
}

/** Comments that inference writes behind a limit. */
const ownComment = /#.*(seen: |of \d+ (rows|texts)|values seen|no text |no value )/;

/**
 * How a document is to change so that it says what the rows there are say, by inference's own limits alone: what a person wrote, changed or took out stays so, and is named
 * where the rows do not keep it.
 *
 * @param checks what was found when the rows were judged by this document
 */
export function proposeChanges(contract: DataContract, inferred: InferredContract, checks: readonly CheckResult[]): Proposal {
  const broken = checks.filter(({ verdict }) => verdict === 'fail');
  const known = new Map(contract.columns.map((column) => [column.name, column]));
  const moves = keyMoves(contract, inferred, broken);
  const found = inferred.columns.map((column) => {
    const written = known.get(column.column.name);
    return written === undefined
      ? newColumn(contract, column)
      : columnChanges(contract, { written, column, checks: broken, key: moves.get(written.name) ?? null });
  });
  const all: readonly Made[] = [...found, ruleChanges(contract, inferred, broken)];
  const changes = all.flatMap((one) => one.changes);
  const settled = new Set(changes.flatMap(({ column, what }) => (column === null ? [] : [checkOf(column, what)])));
  if (moves.size > 0) settled.add('primary_key');
  return {
    changes,
    edits: all.flatMap(({ edits }) => edits),
    kept: broken
      .filter(({ name, column }) => !settled.has(name) && !changes.some((change) => change.what === 'column' && change.column === column))
      .map(({ name, promise, failingRows, rows }) => ({ check: name, promise, evidence: rowsText(failingRows, rows) })),
  };
}

/** The place of the object that describes the dataset. */
export function objectPlace({ document, columns, object }: DataContract): shape.Path {
  const [first] = columns;
  if (first !== undefined) return first.path.slice(0, 2);
  const objects = jsonAt(document.value, ['schema']);
  return [
    'schema',
    Array.isArray(objects)
      ? Math.max(
          0,
          objects.findIndex((one: Json) => jsonAt(one, ['name']) === object),
        )
      : 0,
  ];
}

function newColumn(contract: DataContract, column: InferredColumn): Made {
  const place = objectPlace(contract);
  const { name, type } = column.column;
  const hasKey = contract.columns.some(({ keyPosition }) => keyPosition !== null);
  const added = hasKey ? { ...column, keyPosition: 0 } : column;
  const change = { column: name, what: 'column', kind: 'added', from: null, to: type, evidence: 'the data has it' } as const;
  const lines = propertyLines(added, { key: null, indent: '' });
  const text = flow({ name, logicalType: type, physicalType: column.column.physicalType });
  const isList = Array.isArray(jsonAt(contract.document.value, [...place, 'properties']));
  const edit: YamlEdit = isList
    ? { kind: 'append', path: [...place, 'properties'], text, lines }
    : { kind: 'add', path: place, name: 'properties', text: `[${text}]` };
  return { changes: [change], edits: [edit] };
}

interface ColumnCase {
  readonly written: ContractColumn;
  readonly column: InferredColumn;
  /** Those that failed. */
  readonly checks: readonly CheckResult[];
  /** Null where its place in the primary key stays. */
  readonly key: KeyMove | null;
}

function columnChanges(contract: DataContract, { written, column, checks, key }: ColumnCase): Made {
  const marks = marksAt(contract, written.path);
  if (marks === null) return { changes: [], edits: [] };
  const limits = new Map(column.limits.map((limit) => [limit.name, limit]));
  const decided = columnLimitNames.flatMap((name) => {
    const limit = limits.get(name);
    const now = writtenLimit(contract, written.path, name, marks);
    const change = changeOf({
      name,
      now,
      limit,
      remark: remarkOn(column, name),
      found: checks.find((check) => check.name === checkOf(written.name, name)),
    });
    return change === null ? [] : [{ name, now, limit, change }];
  });
  if (decided.length === 0 && key === null) return { changes: [], edits: [] };
  return {
    changes: [
      ...decided.map(({ change }) => ({ column: written.name, ...change })),
      ...(key === null ? [] : [keyChange(written.name, key)]),
    ],
    edits: [
      ...decided.flatMap(editsOf(written.path, wholeOf(contract, written.path, decided))),
      ...groupedEdits(contract, written.path, decided),
      ...(key === null ? [] : keyEdits(contract, written.path, key)),
      newMarks(marks, decided, key),
    ],
  };
}

function keyChange(column: string, { from, to, evidence }: KeyMove): ProposedChange {
  return { column, what: 'primaryKey', kind: from === null ? 'added' : to === null ? 'removed' : 'changed', from, to, evidence };
}

interface Decided {
  readonly name: ColumnLimitName;
  readonly now: WrittenLimit;
  readonly limit: InferredLimit | undefined;
  readonly change: Omit<ProposedChange, 'column'>;
}

interface Judged extends Omit<Decided, 'change'> {
  /** Why there is no limit. */
  readonly remark: string;
  /** What was found when it failed. */
  readonly found: CheckResult | undefined;
}

function remarkOn({ remarks }: InferredColumn, name: ColumnLimitName): string {
  return remarks.find((one) => one.includes(name) || one.startsWith('no limits')) ?? 'the rows no longer say so';
}

function changeOf({ name, now, limit, remark, found }: Judged): Decided['change'] | null {
  const seen = limit === undefined ? remark : reasonText(limit);
  const evidence = found === undefined ? seen : `${rowsText(found.failingRows, found.rows)}; ${seen}`;
  if (now.value === undefined)
    // what a person took out stays out
    return limit === undefined || now.wasWritten ? null : { what: name, kind: 'added', from: null, to: limit.value, evidence };
  if (!now.isOwn) return null;
  if (limit === undefined) return { what: name, kind: 'removed', from: now.value, to: null, evidence };
  const isKept = found === undefined && (isOfShare(name) || isNear(now.value, limit));
  if (canonicalJson(now.value) === canonicalJson(limit.value) || isKept) return null;
  return { what: name, kind: directionOf(name, now.value, limit.value), from: now.value, to: limit.value, evidence };
}

/** Shares differ a little with every row: one that the rows keep is not worth a change. */
function isOfShare(name: ColumnLimitName): boolean {
  return name === 'nullValues' || name === 'between';
}

/** A limit that leaves between half and twice the room that it would leave today is not worth a change. */
function isNear(value: Json, { value: limit, outermost }: InferredLimit): boolean {
  if (typeof value !== 'number' || typeof limit !== 'number' || outermost === undefined) return false;
  const ratio = (value - outermost) / (limit - outermost);
  return ratio >= 0.5 && ratio <= 2;
}

function directionOf(name: ColumnLimitName, from: Json, to: Json): ProposedChange['kind'] {
  if (typeof from === 'number' && typeof to === 'number') {
    const isLower = name === 'minimum' || name === 'minLength';
    return to > from === isLower ? 'tightened' : 'loosened';
  }
  if (name === 'nullValues') {
    const share = (rule: Json): number => Number(jsonAt(rule, ['mustBeLessOrEqualTo']) ?? 0);
    return share(to) < share(from) ? 'tightened' : 'loosened';
  }
  if (name !== 'invalidValues') return 'changed';
  const valuesOf = (rule: Json): readonly Json[] => {
    const values = jsonAt(rule, ['arguments', 'validValues']);
    return Array.isArray(values) ? values : [];
  };
  return valuesOf(to).every((value) => valuesOf(from).includes(value)) ? 'tightened' : 'loosened';
}

function editsOf(place: shape.Path, whole: ReadonlySet<string>): (decided: Decided) => readonly YamlEdit[] {
  return ({ name, now, limit }) => {
    const comment = limit === undefined ? undefined : reasonText(limit);
    if (now.value === undefined) {
      if (limit === undefined || comment === undefined || placeOf(name) !== 'property') return [];
      return [{ kind: 'add', path: place, name, text: flow(limit.value), comment }];
    }
    if (limit !== undefined && comment !== undefined)
      return [{ kind: 'set', path: now.path, text: flow(limit.value), comment, replaces: ownComment }];
    return whole.has(placeOf(name)) ? [] : [{ kind: 'remove', path: now.path }];
  };
}

/** Options and rules that would be empty without what is taken out of them, and so go as a whole. */
function wholeOf({ document }: DataContract, place: shape.Path, decided: readonly Decided[]): ReadonlySet<string> {
  const holders = { option: 'logicalTypeOptions', rule: 'quality' } as const;
  return new Set(
    (['option', 'rule'] as const).filter((where) => {
      const removed = decided.filter(({ name, now, limit }) => placeOf(name) === where && now.value !== undefined && limit === undefined);
      return removed.length > 0 && removed.length === Object.keys(jsonAt(document.value, [...place, holders[where]]) ?? {}).length;
    }),
  );
}

/** Of options and rules: what is added to them, and both as a whole where they come or go. */
function groupedEdits(contract: DataContract, place: shape.Path, decided: readonly Decided[]): readonly YamlEdit[] {
  const added = (where: 'option' | 'rule'): readonly InferredLimit[] =>
    decided.flatMap(({ name, now, limit }) => (placeOf(name) === where && now.value === undefined && limit !== undefined ? [limit] : []));
  const whole = wholeOf(contract, place, decided);
  const isThere = (name: string): boolean => Object.keys(jsonAt(contract.document.value, [...place, name]) ?? {}).length > 0;
  const edits: YamlEdit[] = [];
  const [options, rules] = [added('option'), added('rule')];
  const optionsText = flow(Object.fromEntries(options.map(({ name, value }) => [name, value])));
  const rulesText = flow(rules.map(({ value }) => value));
  for (const { name, all, text, gone } of [
    { name: 'logicalTypeOptions', all: options, text: optionsText, gone: whole.has('option') },
    { name: 'quality', all: rules, text: rulesText, gone: whole.has('rule') },
  ]) {
    const path = [...place, name];
    if (all.length === 0) {
      if (gone) edits.push({ kind: 'remove', path });
    } else if (gone) edits.push({ kind: 'set', path, text });
    else if (!isThere(name)) edits.push({ kind: 'add', path: place, name, text, comment: all.map(reasonText).join('; ') });
    else if (name === 'quality')
      edits.push(...all.map((limit) => ({ kind: 'append', path, text: flow(limit.value), comment: reasonText(limit) }) as const));
    else
      edits.push(
        ...all.map((limit) => ({ kind: 'add', path, name: limit.name, text: flow(limit.value), comment: reasonText(limit) }) as const),
      );
  }
  return edits;
}

function newMarks(marks: Marks, decided: readonly Decided[], key: KeyMove | null): YamlEdit {
  const before = marks.value !== null && typeof marks.value === 'object' && !Array.isArray(marks.value) ? marks.value : {};
  const gone = new Set(decided.flatMap(({ name, limit }) => (limit === undefined ? [name as string] : [])));
  if (key !== null) gone.add('primaryKey');
  const limits = decided.flatMap(({ limit }) => (limit === undefined ? [] : [limit]));
  const value = {
    ...Object.fromEntries(Object.entries(before).filter(([name]) => !gone.has(name))),
    ...markOf({ limits, keyPosition: key?.to ?? 0 }),
  };
  return { kind: 'set', path: marks.path, text: flow(value) };
}

/** Rules of the object that inference wrote and the rows do not keep go; new ones come, unless a person took them out. */
function ruleChanges(contract: DataContract, { rules }: InferredContract, broken: readonly CheckResult[]): Made {
  const place = objectPlace(contract);
  const marks = marksAt(contract, place);
  if (marks === null || !Array.isArray(marks.value)) return { changes: [], edits: [] };
  const written = jsonAt(contract.document.value, [...place, 'quality']);
  const present: readonly Json[] = Array.isArray(written) ? written : [];
  const known = new Set(marks.value.map(String));
  const wanted = new Set(rules.map(({ value }) => ruleMark(value)));
  const gone = present.flatMap((rule, index) => (known.has(ruleMark(rule)) && !wanted.has(ruleMark(rule)) ? [{ rule, index }] : []));
  const added = rules.filter(({ value }) => !known.has(ruleMark(value)) && !present.some((rule) => ruleMark(rule) === ruleMark(value)));
  if (gone.length + added.length === 0) return { changes: [], edits: [] };
  const failing = broken.filter(({ column }) => column === null);
  const path = [...place, 'quality'];
  const goneMarks = new Set(gone.map(({ rule }) => ruleMark(rule)));
  const newMark = [...[...known].filter((mark) => !goneMarks.has(mark)), ...added.map(({ value }) => ruleMark(value))];
  const goesWhole = present.length > 0 && gone.length === present.length;
  return {
    changes: [
      ...gone.map(({ rule }) => ({
        column: null,
        what: 'rule',
        kind: 'removed' as const,
        from: rule,
        to: null,
        evidence:
          failing.length === 0
            ? 'the rows no longer say so'
            : failing.map(({ failingRows, rows }) => rowsText(failingRows, rows)).join('; '),
      })),
      ...added.map((rule) => ({
        column: null,
        what: 'rule',
        kind: 'added' as const,
        from: null,
        to: rule.value,
        evidence: reasonText(rule),
      })),
    ],
    edits: [
      ...(goesWhole
        ? [
            added.length === 0
              ? ({ kind: 'remove', path } as const)
              : ({ kind: 'set', path, text: flow(added.map(({ value }) => value)) } as const),
          ]
        : [
            ...gone.map(({ index }) => ({ kind: 'remove', path: [...path, index] }) as const),
            ...(present.length === 0
              ? added.length === 0
                ? []
                : [{ kind: 'add', path: place, name: 'quality', text: flow(added.map(({ value }) => value)) } as const]
              : added.map((rule) => ({ kind: 'append', path, text: flow(rule.value), comment: reasonText(rule) }) as const)),
          ]),
      { kind: 'set', path: marks.path, text: flow(newMark) },
    ],
  };
}

function rowsText(failing: number, rows: number): string {
  return `${failing} of ${rows} ${failing === 1 ? 'rows breaks it' : 'rows break it'}`;
}

/** The name of the check that a limit becomes. */
function checkOf(column: string, what: string): string {
  const names: { readonly [name: string]: string } = {
    minLength: 'min_length',
    maxLength: 'max_length',
    invalidValues: 'valid_values',
    nullValues: 'null_values',
    doesNotMatch: 'does_not_match',
  };
  return `${column}.${names[what] ?? what}`;
}
