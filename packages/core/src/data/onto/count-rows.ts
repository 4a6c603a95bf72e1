import type { Engine } from '@tidegate/runtime';
import type { DatasetFile, TableFormat } from '../read/dataset-file.ts';
import { openTable } from '../read/dataset-table.ts';

/** How many rows files have. Of Parquet files only the footers are read. @throws as `openTable` */
export async function countRows(engine: Engine, files: readonly DatasetFile[], format: TableFormat): Promise<number> {
  if (files.length === 0) return 0;
  const { scan } = await openTable(engine, { files, format, declared: new Map() });
  const [row] = await engine.rows(`SELECT count(*) AS rows FROM (${scan})`);
  return Number(row?.['rows'] ?? 0);
}
