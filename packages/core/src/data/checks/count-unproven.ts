import type { Engine, Row } from '@tidegate/runtime';
import type { RowsNaming } from '../profile/measured-rows.ts';
import type { Check } from './check.ts';
import { countName, type Measurement, proofName } from './measurement.ts';

/** Counts the bad rows of checks that the first scan has not shown to have none. */
export async function countUnproven(
  engine: Engine,
  {
    checks,
    measurements,
    rows,
    first,
  }: { readonly checks: readonly Check[]; readonly measurements: readonly Measurement[]; readonly rows: RowsNaming; readonly first: Row },
): Promise<readonly Measurement[]> {
  const counts = checks.flatMap(({ measure }, index) =>
    measure.kind === 'rows' && first[proofName(index)] === false ? [`count_if(${measure.bad}) AS ${countName(index)}`] : [],
  );
  if (counts.length === 0) return measurements;
  const [row = {}] = await engine.rows(`SELECT ${counts.join(', ')} FROM (${rows(...counts)})`);
  return measurements.map((measurement, index) => {
    const count = row[countName(index)];
    return count === undefined ? measurement : { ...measurement, found: Number(count) };
  });
}
