import type { FeatureDefinitions } from './definitions.ts';
import type { SqlSource } from './sql-source.ts';
import { namesIn, takesUnnamed } from './sql-text.ts';

/** Feature views and services whose SQL reads columns of a dataset. */
export interface ColumnsRead {
  readonly views: readonly string[];
  readonly services: readonly string[];
}

/**
 * What of the definitions reads any of these columns of a dataset; null for all columns. Found by the names in the SQL, so that another column of the same name counts as
 * well: rather one too many than one too few.
 */
export function readersOfColumns({ views, services }: FeatureDefinitions, dataset: string, columns: readonly string[] | null): ColumnsRead {
  const reads = ({ sql }: SqlSource): boolean => {
    const names = namesIn(sql);
    return (
      names.has(dataset.toLowerCase()) && (columns === null || takesUnnamed(sql) || columns.some((name) => names.has(name.toLowerCase())))
    );
  };
  const readingViews = Object.entries(views).filter(([, { source }]) => reads(source));
  const isRead = ([, service]: readonly [string, FeatureDefinitions['services'][string]]): boolean =>
    reads(service.rows) || service.views.some(({ view }) => reads(view.source));
  return {
    views: readingViews.map(([name]) => name),
    services: Object.entries(services)
      .filter(isRead)
      .map(([name]) => name),
  };
}
