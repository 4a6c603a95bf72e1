import { openEngine, quoteName, quoteText } from '@tidegate/runtime';
import type { SourceColumn } from '../source.ts';

/** Most digits that a decimal of the engine has. */
const mostDigits = 38;

export interface DecimalsRequest {
  readonly files: readonly string[];
  readonly columns: readonly SourceColumn[];
  /** Columns of numbers without a precision, which the files have as text. */
  readonly open: readonly string[];
  /** Types that they had before. */
  readonly former: readonly Pick<SourceColumn, 'name' | 'type'>[];
}

/**
 * Gives columns of decimals whose precision nobody has declared the smallest scale that holds every value exactly, and never a smaller
 * one than before. Where 38 digits do not suffice, or a value is no finite number, the column stays text.
 */
export async function settleDecimals({ files, columns, open, former }: DecimalsRequest): Promise<readonly SourceColumn[]> {
  const plain = columns.map(({ name, type, sourceType }) => ({ name, type, sourceType }));
  if (open.length === 0) return plain;
  using engine = await openEngine({ threads: 1 });
  const measures = open.flatMap((name, index) => {
    const digits = `regexp_extract(${quoteName(name)}, '^-?(\\d+)(?:\\.(\\d+))?$', `;
    return [
      `coalesce(bool_and(regexp_full_match(${quoteName(name)}, '-?\\d+(\\.\\d+)?')), true) AS finite${index}`,
      `coalesce(max(length(${digits}1))), 0) AS whole${index}`,
      `coalesce(max(length(${digits}2))), 0) AS scale${index}`,
    ];
  });
  const [found = {}] = await engine.rows(`SELECT ${measures.join(', ')} FROM read_parquet([${files.map(quoteText).join(', ')}])`);
  return plain.map((column) => {
    const index = open.indexOf(column.name);
    if (index < 0) return column;
    const before = former.find(({ name }) => name === column.name)?.type;
    const scale = Math.max(Number(found[`scale${index}`]), Number(/,(\d+)\)$/.exec(before ?? '')?.[1] ?? 0));
    const fits = found[`finite${index}`] === true && Number(found[`whole${index}`]) + scale <= mostDigits && before !== 'VARCHAR';
    return fits ? { ...column, type: `DECIMAL(${mostDigits},${scale})` } : column;
  });
}
