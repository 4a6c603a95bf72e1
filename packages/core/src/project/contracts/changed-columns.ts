import { type ContractDiff, describedDatasets } from '../../data/index.ts';
import type { Project } from '../project.ts';
import type { ChangedColumns } from './who-is-hit.ts';

/** What the breaking changes of a data contract are about, of the datasets that have it; none when nothing is breaking. */
export async function changedColumns(
  { config, root }: Project,
  datasets: readonly string[],
  { changes }: Pick<ContractDiff, 'changes'>,
): Promise<readonly ChangedColumns[]> {
  const data = Object.fromEntries(Object.entries(config.data).filter(([name]) => datasets.includes(name)));
  const described = await describedDatasets({ data }, root);
  const major = changes.filter(({ weighed }) => weighed === 'major');
  return datasets.flatMap((dataset): readonly ChangedColumns[] => {
    const object = described.find((one) => one.dataset === dataset)?.object?.name ?? null;
    const own = major.filter((change) => datasets.length === 1 || change.object === null || [dataset, object].includes(change.object));
    if (own.length === 0) return [];
    const isWhole = own.some(({ columns }) => columns.length === 0);
    return [{ dataset, columns: isWhole ? null : [...new Set(own.flatMap(({ columns }) => columns))] }];
  });
}
