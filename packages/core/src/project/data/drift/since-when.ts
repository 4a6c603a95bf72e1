import type { Digest, DriftedColumn, DriftSince } from '@tidegate/formats';
import type { JudgedSides } from '../../../data/index.ts';
import type { Project } from '../../project.ts';
import { type DatasetHistoryEntry, datasetHistory } from '../dataset-views.ts';

/** Versions that are looked at, the newest first. */
const mostVersions = 20;

export interface SinceRequest {
  readonly dataset: string;
  /** The versions that were compared; null for what is none. */
  readonly earlier: Digest | null;
  readonly later: Digest | null;
  readonly moved: readonly DriftedColumn[];
  /** Judges columns of a version against the same reference; null when what that takes is not at hand. */
  readonly judge: (version: Digest, columns: ReadonlySet<string>) => Promise<JudgedSides | null>;
}

/** Since which version columns have moved: versions between the two are judged against the same reference, from the newest back, until one had not. */
export async function sinceWhen(
  project: Project,
  { dataset, earlier, later, moved, judge }: SinceRequest,
): Promise<ReadonlyMap<DriftedColumn, DriftSince>> {
  const found = new Map<DriftedColumn, DriftSince>();
  if (moved.length === 0) return found;
  const history = await datasetHistory(project, dataset);
  const between = versionsBetween(history, { earlier, later });
  const at = history.find(({ digest }) => digest === later)?.at ?? null;
  for (const column of moved) found.set(column, { version: later, at, looked: 0, isFirst: between.length === 0 });
  let open = moved;
  for (const { digest, at: usedAt } of between.slice(0, mostVersions)) {
    if (open.length === 0) break;
    const judged = await judge(digest, new Set(open.map(({ column }) => column)));
    if (judged === null) break;
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
  { earlier, later }: Pick<SinceRequest, 'earlier' | 'later'>,
): readonly DatasetHistoryEntry[] {
  const place = (version: Digest | null): number => history.findIndex(({ digest }) => digest === version);
  const oldest = place(earlier);
  return history.slice(place(later) + 1, oldest < 0 ? undefined : oldest).filter(({ version }) => version.columns.length > 0);
}
