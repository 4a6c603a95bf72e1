import type { Digest, Hindrance, PathEnded, PathReason } from '@tidegate/formats';

/** What the loop sees when it looks around. */
export interface Seen {
  readonly commit: string | null;
  /** How far the branch goes, or what `--to` says; `gate` or an environment. */
  readonly goal: string;
  readonly hindrance: Hindrance | null;
  /** The sources by names, sizes and times of their files, once they are at rest; null while they change. */
  readonly data: Digest | null;
  /** By the clock of the system, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** What it remembers. */
export interface Known {
  /** How the last way along the path ended, and when (milliseconds since 1970); null before the first. */
  readonly last: { readonly ended: PathEnded; readonly atMs: number } | null;
  /** Somebody asked for another try. */
  readonly asked: boolean;
  /** Datasets whose source gave something new since the last way was begun. */
  readonly news: readonly string[];
  /** The monitor that wants the model trained again; null when none does. */
  readonly retraining: { readonly monitor: string; readonly reasons: readonly string[] } | null;
}

export type Move =
  | { readonly kind: 'rest' }
  /** Something waits to be done, and cannot be now. */
  | { readonly kind: 'hindered'; readonly hindrance: Hindrance; readonly why: PathReason }
  | { readonly kind: 'go'; readonly commit: string; readonly why: PathReason; readonly tries: number };

/** Waiting time before each further try of what was unavailable, in milliseconds; after the last there is none by itself. */
const retryAfterMs = [5_000, 30_000, 120_000, 600_000, 3_600_000] as const;

/** What to do about the path now. Decides by its arguments alone. */
export function nextMove(seen: Seen, known: Known): Move {
  const why = reasonToGo(seen, known);
  if (why === null) return { kind: 'rest' };
  if (seen.hindrance !== null || seen.commit === null) return { kind: 'hindered', hindrance: seen.hindrance ?? { kind: 'no-commit' }, why };
  return { kind: 'go', commit: seen.commit, why, tries: why.kind === 'again' ? (known.last?.ended.tries ?? 0) + 1 : 1 };
}

function reasonToGo(seen: Seen, { last, asked, news, retraining }: Known): PathReason | null {
  if (last === null || last.ended.commit !== seen.commit) return { kind: 'new-commit', before: last?.ended.commit ?? null };
  if (last.ended.goal !== seen.goal) return { kind: 'goal-changed', before: last.ended.goal };
  if (asked) return { kind: 'asked' };
  if (news.length > 0) return { kind: 'source-read', datasets: news };
  return reasonToTryAgain(seen, last) ?? (retraining === null || seen.goal === 'gate' ? null : { kind: 'monitor', ...retraining });
}

/** The same commit again: a way that passed has no reason, one that did not has one when it may come out otherwise. */
function reasonToTryAgain(seen: Seen, { ended, atMs }: NonNullable<Known['last']>): PathReason | null {
  if (ended.outcome === 'passed') return null;
  if (ended.outcome === 'cancelled') return { kind: 'again', code: 'TG-CLI-STOPPED' };
  if (ended.why.kind === 'monitor' && (ended.outcome === 'refused' || ended.outcome === 'failed')) return null; // until the monitor asks again
  if (seen.data !== null && seen.data !== ended.data) return { kind: 'data-changed' };
  if (ended.outcome !== 'unavailable' && ended.outcome !== 'overtaken') return null;
  return isDue(ended.tries, atMs, seen.nowMs) ? { kind: 'again', code: ended.failure?.code ?? 'TG-CLI-STOPPED' } : null;
}

/** A clock that was set back makes nothing wait longer than it would have. */
function isDue(tries: number, atMs: number, nowMs: number): boolean {
  const afterMs = retryAfterMs[tries - 1];
  return afterMs !== undefined && (nowMs < atMs || nowMs - atMs >= afterMs);
}
