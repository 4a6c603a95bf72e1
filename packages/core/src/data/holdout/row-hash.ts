import { createHash } from 'node:crypto';
import { compareCodeUnits } from '@tidegate/formats';
import { quoteName, quoteText } from '@tidegate/runtime';

// docs/reference/formats/dataset-version.md fixes this rule; a change of it is a new number here and there.
const seed = 'tidegate.holdout/1';
const beforeName = '\u001e';
const beforeValue = '\u001f';

/** SQL that is true of a row that is held out. `columns` are those of the file; a column without a value does not count. */
export function isHeldOutSql(columns: readonly string[], share: number): string {
  const parts = [...columns].sort(compareCodeUnits).map((name) => {
    const value = `nullif(CAST(${quoteName(name)} AS VARCHAR), '')`;
    return `${chr(beforeName)} || ${quoteText(name)} || ${chr(beforeValue)} || ${value}`;
  });
  // concat passes over NULL, which a part is whose column has no value
  return `CAST(md5_number_lower(concat(${[quoteText(seed), ...parts].join(', ')})) >> 11 AS DOUBLE) / 9007199254740992 < ${share}`;
}

/** The same of a row in hand: its values as text by column name, without those that have none. */
export function isHeldOut(values: ReadonlyMap<string, string>, share: number): boolean {
  const parts = [...values]
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => compareCodeUnits(a, b))
    .map(([name, value]) => `${beforeName}${name}${beforeValue}${value}`);
  const hash = createHash('md5')
    .update(`${seed}${parts.join('')}`)
    .digest()
    .readBigUInt64LE(8);
  return Number(hash >> 11n) / 2 ** 53 < share;
}

function chr(sign: string): string {
  return `chr(${sign.charCodeAt(0)})`;
}
