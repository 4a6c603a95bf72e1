import type { DatasetVersion } from '@tidegate/formats';
import { familyOf } from '../profile/column-facts.ts';
import { columnOrders } from './column-order.ts';
import { findKeys } from './find-keys.ts';
import { foreignKeys, type OtherDataset } from './foreign-keys.ts';
import type { InferredColumn, InferredContract, InferredLimit, InferredRule } from './inferred-contract.ts';
import { middleLimit } from './middle-limit.ts';
import { momentLimits } from './moment-limits.ts';
import { movingColumns } from './moving-columns.ts';
import { type Allowance, type Judged, numberLimits } from './number-limits.ts';
import { nullLimit } from './null-limit.ts';
import { personalReason } from './personal-column.ts';
import { type ColumnSurvey, type Surveyed, surveyTable } from './survey.ts';
import { textForms, type TextForm } from './text-form.ts';
import { textLimits } from './text-limits.ts';

/**
 * The chance that all limits of numbers and lengths together may have to be broken by a next version like this one. Lists of values have their own
 * ({@link chanceOf} adds up what it comes to).
 */
const chanceOfRanges = 0.005;
/** The same of all limits of shares: of values that are missing, and of those out of the middle. */
const chanceOfShares = 0.001;

/**
 * What a version says of its dataset: types, what is never missing, limits, values, forms, keys, the event time. Limits are drawn so that a next version
 * of the same size, of rows like these, keeps all of them but for a chance that is known; docs/explanation/inference.md says how.
 */
export async function inferContract(surveyed: Surveyed, others: readonly OtherDataset[] = []): Promise<InferredContract> {
  const { engine, rows, version, personal } = surveyed;
  const surveys = await surveyTable(surveyed);
  const reasons = new Map(surveys.map((survey) => [survey.column.name, reasonOf(survey, personal)]));
  const open = surveys.filter(({ column }) => reasons.get(column.name) === null);
  const time = version.time ?? onlyTime(open);
  const forms = await textForms({ engine, rows }, open);
  const keys = await findKeys({ engine, rows, count: version.rows }, open);
  const moving = await movingColumns({ engine, rows, time }, open);
  const ranged = open.filter(({ greatest }) => greatest.length > 0);
  const chance = chanceOfRanges / Math.max(1, 2 * ranged.length);
  const chanceOfShare = chanceOfShares / Math.max(1, 2 * surveys.length);
  const about: About = {
    allowance: { chance, moving },
    chanceOfShare,
    forms,
    key: new Set([...keys.primary, ...keys.unique]),
    isSingle: keys.primary.length === 1,
  };
  return {
    dataset: version.dataset,
    rows: version.rows,
    files: version.files,
    time,
    isTimeInferred: version.time === null && time !== null,
    key: keys.why,
    columns: surveys.map((survey) => {
      const reason = reasons.get(survey.column.name) ?? null;
      const { limits, remarks } = reason === null ? judge(survey, about) : { limits: [], remarks: [] };
      const { name } = survey.column;
      return {
        column: survey.column,
        knownAt: version.knownAt[name] ?? null,
        keyPosition: keys.primary.indexOf(name) + 1,
        personal: reason,
        limits: [...presence(survey, version), ...nullLimit(survey, chanceOfShare), ...uniqueness(name, keys.unique, version), ...limits],
        remarks,
      } satisfies InferredColumn;
    }),
    rules: [
      ...rowCount(version),
      ...(await columnOrders({ engine, rows }, open, chance)),
      ...(await foreignKeys({ engine, rows }, open, others)),
    ],
  };
}

function reasonOf({ column, profile, text }: ColumnSurvey, personal: ReadonlySet<string>): string | null {
  if (personal.has(column.name)) return 'the data contract says so';
  return personalReason(column.name, { found: text?.personal ?? {}, values: profile.rows - profile.nulls });
}

/** The one column that says when: with several nobody can tell which of them is the event's. */
function onlyTime(surveys: readonly ColumnSurvey[]): string | null {
  const times = surveys.filter(
    ({ column: { type }, profile }) => (type === 'timestamp' || type === 'date') && profile.nulls === 0 && profile.distinct > 1,
  );
  return times.length === 1 ? (times[0]?.column.name ?? null) : null;
}

interface About {
  readonly allowance: Allowance;
  /** Chance of one limit of a share. */
  readonly chanceOfShare: number;
  readonly forms: ReadonlyMap<string, TextForm>;
  /** Columns of which every value is another, or that are part of the primary key. */
  readonly key: ReadonlySet<string>;
  readonly isSingle: boolean;
}

function judge(survey: ColumnSurvey, { allowance, chanceOfShare, forms, key, isSingle }: About): Judged {
  const { name, type } = survey.column;
  switch (familyOf(type)) {
    case 'number': {
      const own = { ...allowance, isKey: isSingle && key.has(name) };
      const { limits, remarks } = numberLimits(survey, own);
      return { limits: [...limits, ...middleLimit(survey, { ...own, chance: chanceOfShare })], remarks };
    }
    case 'text':
      return textLimits(survey, { ...allowance, form: forms.get(name) ?? null });
    case 'moment':
      return { limits: momentLimits(survey), remarks: [] };
    case 'boolean':
    case 'nested':
      return { limits: [], remarks: [] };
  }
}

function presence({ profile }: ColumnSurvey, { rows }: DatasetVersion): readonly InferredLimit[] {
  if (profile.nulls > 0 || rows === 0) return [];
  return [{ name: 'required', value: true, chance: null, seen: noneOf(rows) }];
}

function uniqueness(name: string, unique: readonly string[], { rows }: DatasetVersion): readonly InferredLimit[] {
  return unique.includes(name) ? [{ name: 'unique', value: true, chance: null, seen: `each of ${rows} rows has another value` }] : [];
}

/** What was broken by none of so many rows is broken by fewer than three of them, with a confidence of 95 % (Hanley and Lippman-Hand 1983). */
function noneOf(rows: number): string {
  return rows < 30 ? `none of ${rows} rows lacks it` : `none of ${rows} rows lacks it: fewer than 1 in ${Math.floor(rows / 3)} does (95 %)`;
}

function rowCount({ rows }: DatasetVersion): readonly InferredRule[] {
  if (rows === 0) return [];
  return [{ name: 'rowCount', value: { metric: 'rowCount', mustBeGreaterThan: 0 }, chance: null, seen: `${rows} rows` }];
}
