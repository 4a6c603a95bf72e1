import type { DriftedColumn, DriftSince } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import { type DataDriftSettings, judgeDataDrift, type NamedSide, sideOfVersion } from '../../../data/index.ts';
import type { Project } from '../../project.ts';
import { type DatasetHistoryEntry, datasetHistory } from '../dataset-views.ts';

/** Versions that are looked at, the newest first. */
const mostVersions = 20;

export interface SinceRequest {
  readonly dataset: string;
  readonly earlier: NamedSide;
  readonly later: NamedSide;
  readonly settings: DataDriftSettings;
  readonly moved: readonly DriftedColumn[];
}

/** Since which version columns have moved: versions between the two are judged against the same rows, from the newest back, until one had not. */
export async function sinceWhen(
  project: Project,
  engine: Engine,
  { dataset, earlier, later, settings, moved }: SinceRequest,
): Promise<ReadonlyMap<DriftedColumn, DriftSince>> {
  const found = new Map<DriftedColumn, DriftSince>();
  if (moved.length === 0) return found;
  const history = await datasetHistory(project, dataset);
  const between = versionsBetween(history, { earlier, later });
  const at = history.find(({ digest }) => digest === later.version)?.at ?? null;
  for (const column of moved) found.set(column, { version: later.version, at, looked: 0, isFirst: between.length === 0 });
  let open = moved;
  for (const { digest, at: usedAt } of between.slice(0, mostVersions)) {
    if (open.length === 0 || !(await project.store.has(digest))) break;
    const judged = await judgeDataDrift(
      engine,
      { before: onlyOf(earlier, open), after: onlyOf(await sideOfVersion(project, digest), open) },
      settings,
    );
    const isMoved = ({ column, view }: DriftedColumn): boolean =>
      judged.columns.some((one) => one.column === column && one.view === view && one.verdict === 'fail');
    for (const column of open) {
      const { looked = 0, version, at: known } = found.get(column) ?? { version: null, at: null };
      const next = isMoved(column) ? { version: digest, at: usedAt, isFirst: false } : { version, at: known, isFirst: true };
      found.set(column, { ...next, looked: looked + 1 });
    }
    open = open.filter(isMoved);
  }
  const isWhole = between.length <= mostVersions;
  for (const column of open) {
    const own = found.get(column);
    if (own !== undefined && own.looked === between.length && isWhole) found.set(column, { ...own, isFirst: true });
  }
  return found;
}

/** Newest first, without the two themselves. */
function versionsBetween(
  history: readonly DatasetHistoryEntry[],
  { earlier, later }: { readonly earlier: NamedSide; readonly later: NamedSide },
): readonly DatasetHistoryEntry[] {
  const place = ({ version }: NamedSide): number => history.findIndex(({ digest }) => digest === version);
  const oldest = place(earlier);
  return history.slice(place(later) + 1, oldest < 0 ? undefined : oldest).filter(({ version }) => version.columns.length > 0);
}

/** The time is kept: seasons and windows go by it. */
function onlyOf(side: NamedSide, wanted: readonly DriftedColumn[]): NamedSide {
  const names = new Set(wanted.map(({ column }) => column));
  return { ...side, columns: side.columns.filter(({ name }) => names.has(name)) };
}
