import type { LogicalType } from '@tidegate/formats';

/** Texts that stand for a value of two, as pandas, R and SQL write them. */
const truths: { readonly [text: string]: boolean } = {
  true: true,
  false: false,
  True: true,
  False: false,
  TRUE: true,
  FALSE: false,
  '1': true,
  '0': false,
};

/** What a text of a CSV file means for a field of a type. What means nothing there stays a text, which the check of rows then names. */
export function fieldValue(text: string | null, type: LogicalType): unknown {
  if (text === null) return null;
  if (type === 'boolean') return truths[text] ?? text;
  if (type !== 'number' && type !== 'integer') return text;
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? text : value;
}
