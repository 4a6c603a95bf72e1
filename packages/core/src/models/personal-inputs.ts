import { type DatasetVersion, type FeatureSetRecord, TidegateError } from '@tidegate/formats';
import { personalColumns, personalReason, readVersion } from '../data/index.ts';
import type { ObjectStore } from '../store/index.ts';

/** Columns of the held-out rows of a dataset whose values are shown to nobody: those that its data contract calls personal, and those whose names say so. */
export function personalOfDataset(version: DatasetVersion): ReadonlySet<string> {
  const named = version.columns.map(({ name }) => name).filter(isNamedSo);
  return new Set([...personalColumns(version), ...named]);
}

/**
 * Columns of a test set of features whose values are shown to nobody: those that have the name of a column which is personal in one of the datasets
 * they are made of. Where one of these is no longer known, every text is.
 */
export async function personalOfFeatures(
  store: ObjectStore,
  { datasets, service, id, time }: FeatureSetRecord,
): Promise<ReadonlySet<string>> {
  const columns = [
    ...service.columns,
    ...service.keys,
    { name: id, type: 'string' as const },
    { name: time, type: 'timestamp' as const },
    { name: service.label, type: 'number' as const },
  ];
  try {
    const versions = await Promise.all(Object.values(datasets).map((digest) => readVersion(store, { digest })));
    const personal = new Set(versions.flatMap((version) => [...personalOfDataset(version)]));
    return new Set(
      columns.map(({ name }) => name).filter((name) => personal.has(name) || personal.has(afterView(name)) || isNamedSo(afterView(name))),
    );
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
    return new Set(columns.filter(({ type }) => type === 'string').map(({ name }) => name));
  }
}

function isNamedSo(name: string): boolean {
  return personalReason(name, { found: {}, values: 0 }) !== null;
}

/** A feature as its view names it: `delay` of `airport__delay`. */
function afterView(name: string): string {
  const at = name.lastIndexOf('__');
  return at < 0 ? name : name.slice(at + 2);
}
