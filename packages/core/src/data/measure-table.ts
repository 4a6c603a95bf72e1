import type { Profile } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import { checkTable, personalColumns, type Promised, type TableFindings } from './check-table.ts';
import { type KeptParts, profileTable } from './profile/profile-table.ts';
import type { DatasetTable } from './read/dataset-table.ts';
import { namingFiles } from './read/read-failure.ts';
import { inTurn, whenAllEnd } from './tables/side-by-side.ts';

/** What was measured of a table. */
export interface TableMeasurement extends TableFindings {
  readonly profile: Profile;
  /** Rows that were read for the profile: not those whose parts an earlier version has. */
  readonly measuredRows: number;
}

export interface MeasuredPromise extends Promised {
  /** Where parts of the profile are kept, and those of earlier versions. Default: nowhere, and everything is measured. */
  readonly parts?: KeptParts;
}

/**
 * Checks and profile of a table, side by side: the profile by reading what no earlier version has, each column twice.
 *
 * @param engine of one thread, so that sums of fractions come out the same each time
 * @throws as {@link checkTable}
 */
export async function measureTable(engine: Engine, table: DatasetTable, promised: MeasuredPromise): Promise<TableMeasurement> {
  const personal = personalColumns(promised.contract);
  using other = await engine.beside();
  const hands = inTurn([engine, other]);
  const [found, profiled] = await whenAllEnd([
    checkTable(hands, table, promised),
    namingFiles(table.files, () => profileTable(hands, { table, personal, parts: promised.parts ?? null })),
  ]);
  return { ...found, ...profiled };
}
