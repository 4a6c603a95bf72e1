import { failure, nearest } from '@tidegate/formats';
import { quoteName, quoteText } from '@tidegate/runtime';
import type { SplitConfig } from '../../config/index.ts';
import { isHeldOut, isHeldOutSql } from './row-hash.ts';

/** Which rows of a dataset are held out: docs/reference/formats/dataset-version.md. */
export type HoldoutRule =
  /** By a hash of the values of `by`, of the whole row when that is null. */
  | { readonly kind: 'share'; readonly share: number; readonly by: readonly string[] | null }
  /** Those whose `time` is `from` or later; a row without a time is not. */
  | { readonly kind: 'time'; readonly from: string; readonly time: string };

export function holdoutRule(
  share: number,
  { split, time }: { readonly split: SplitConfig | null; readonly time: string | null },
): HoldoutRule {
  if (split !== null && 'from' in split) return { kind: 'time', from: split.from, time: time ?? '' };
  return { kind: 'share', share, by: split?.by ?? null };
}

/** SQL that is true of a row that is held out. `columns` are those of the file. @throws TG-DATA-HOLDOUT when a column of the rule is none of them */
export function heldOutSql(rule: HoldoutRule, columns: readonly string[]): string {
  const missing = (rule.kind === 'share' ? (rule.by ?? []) : [rule.time]).find((column) => !columns.includes(column));
  if (missing !== undefined) throw noColumn(missing, columns);
  if (rule.kind === 'share') return isHeldOutSql(rule.by ?? columns, rule.share);
  const moment = `TRY_CAST(${quoteName(rule.time)} AS TIMESTAMP)`;
  return `coalesce(${moment} >= CAST(${quoteText(rule.from.replace('Z', ''))} AS TIMESTAMP), false)`;
}

function noColumn(column: string, columns: readonly string[]): Error {
  const near = nearest(column, columns);
  const hint = near === null ? `Columns: ${columns.join(', ')}` : `Did you mean "${near}"?`;
  return failure('TG-DATA-HOLDOUT', `Cannot split rows by "${column}": a file has no such column`, hint);
}

/** The same of a row in hand: its values as text by column name, without those that have none. */
export function isRowHeldOut(rule: HoldoutRule, values: ReadonlyMap<string, string>): boolean {
  if (rule.kind === 'time') return momentOf(values.get(rule.time) ?? '') >= momentOf(rule.from);
  const { by } = rule;
  return isHeldOut(by === null ? values : new Map([...values].filter(([name]) => by.includes(name))), rule.share);
}

/** Without a zone a time is meant in UTC, as the engine takes it. */
function momentOf(text: string): number {
  const iso = text.trim().replace(' ', 'T');
  return Date.parse(/T.*(Z|[+-]\d{2}:?\d{2})$/.test(iso) || !iso.includes('T') ? iso : `${iso}Z`);
}
