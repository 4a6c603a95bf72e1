import { type Digest, digest, isRunId, type RunId } from '@tidegate/formats';
import type { State } from '../store/index.ts';

/** Where a release comes from; the release itself is in the store. */
export interface ReleaseRecord {
  readonly release: Digest;
  readonly project: string;
  readonly service: string;
  readonly run: RunId | null;
  /** The commit whose run made it; null while only a run over uncommitted changes has. */
  readonly commit: string | null;
  /** ISO 8601, UTC: when it was made first. */
  readonly madeAt: string;
}

/** Notes that a run has made, or found again, a release. The first run stays, except that one of a commit replaces one of uncommitted changes. */
export function recordRelease(state: State, { release, project, service, run, commit, madeAt }: ReleaseRecord): void {
  state.database
    .prepare(
      `INSERT INTO release (digest, project, service, run, commit_id, made_at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (digest) DO UPDATE SET run = excluded.run, commit_id = excluded.commit_id
       WHERE release.commit_id IS NULL AND excluded.commit_id IS NOT NULL`,
    )
    .run(release, project, service, run, commit, madeAt);
}

/** Releases of a project, the newest first; `digits` are the first of the digest, with or without `sha256:`. */
export function findReleases(state: State, project: string, digits = ''): readonly ReleaseRecord[] {
  const start = `sha256:${digits.replace(/^sha256:/, '')}`;
  return state.database
    .prepare(
      `SELECT digest, project, service, run, commit_id, made_at FROM release
       WHERE project = ? AND substr(digest, 1, ?) = ? ORDER BY made_at DESC, digest`,
    )
    .all(project, start.length, start)
    .map((row) => ({
      release: digest(String(row['digest'])),
      project: String(row['project']),
      service: String(row['service']),
      run: typeof row['run'] === 'string' && isRunId(row['run']) ? row['run'] : null,
      commit: typeof row['commit_id'] === 'string' ? row['commit_id'] : null,
      madeAt: String(row['made_at']),
    }));
}
