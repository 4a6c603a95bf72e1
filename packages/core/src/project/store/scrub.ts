import { setTimeout as sleep } from 'node:timers/promises';
import { type Digest, isDigest } from '@tidegate/formats';
import type { Project } from '../project.ts';
import { fetchAgain, type StoreProblem } from './check-store.ts';

export interface ScrubOptions {
  /** Bytes read in a second, at most. Default 50 MB. */
  readonly bytesPerSecond?: number;
  /** Ends after so long; the next scrub goes on there. Default 10 minutes. */
  readonly forMs?: number;
  readonly signal: AbortSignal;
}

export interface Scrub {
  /** What was read. */
  readonly objects: number;
  readonly bytes: number;
  /** Objects that were not read this time. */
  readonly left: number;
  /** When the object was read that was read longest ago (ISO 8601, UTC); null while one never was. */
  readonly oldestRead: string | null;
  readonly problems: readonly StoreProblem[];
}

/** Objects between two notes of how far it has come: what a killed scrub reads again. */
const notedAfter = 200;

/**
 * Reads stored objects, those first that were read longest ago, and sets aside what is damaged; what the remote has is taken from there. It reads no
 * faster than it is told, and the next one goes on where it stopped.
 */
export async function scrub(project: Project, { bytesPerSecond = 50e6, forMs = 600_000, signal }: ScrubOptions): Promise<Scrub> {
  const { state, objects, platform } = project;
  const { clock } = platform;
  const began = clock.elapsed();
  const waiting = inOrder(project);
  const problems: StoreProblem[] = [];
  const read: Digest[] = [];
  let [noted, bytes] = [0, 0];
  const note = (): void => {
    const at = new Date(clock.now()).toISOString();
    const insert = state.prepare('INSERT OR REPLACE INTO scrubbed (digest, read_at) VALUES (?, ?)');
    state.note(() => read.slice(noted).forEach((digest) => insert.run(digest, at)));
    noted = read.length;
  };
  for (const { digest, length } of waiting) {
    if (signal.aborted || clock.elapsed() - began >= forMs) break;
    if ((await objects.verify(digest)) === 'damaged') problems.push(await told(project, digest));
    read.push(digest);
    bytes += length;
    if (read.length - noted >= notedAfter) note();
    const aheadMs = (bytes / bytesPerSecond) * 1000 - (clock.elapsed() - began);
    if (aheadMs > 20) await sleep(aheadMs, undefined, { signal }).catch(() => undefined);
  }
  note();
  forgetGone(project);
  return { objects: read.length, bytes, left: waiting.length - read.length, oldestRead: oldestRead(project), problems };
}

interface Waiting {
  readonly digest: Digest;
  readonly length: number;
}

/** Every object, the one that was never read or was read longest ago first. */
function inOrder({ state, objects }: Project): readonly Waiting[] {
  const readAt = new Map(
    state
      .prepare('SELECT digest, read_at FROM scrubbed')
      .all()
      .map((row) => [String(row['digest']), String(row['read_at'])]),
  );
  const lengths = new Map<Digest, number>();
  for (const { digest, bytes } of objects.entries()) lengths.set(digest, (lengths.get(digest) ?? 0) + bytes);
  const waiting = [...lengths].map(([digest, length]) => ({ digest, length, readAt: readAt.get(digest) ?? '' }));
  return waiting.sort((a, b) => (a.readAt < b.readAt ? -1 : a.readAt > b.readAt ? 1 : 0));
}

async function told(project: Project, digest: Digest): Promise<StoreProblem> {
  const isWhole = (await fetchAgain(project, digest)) || (await project.objects.has(digest));
  return {
    kind: 'object',
    about: digest,
    found: 'its bytes had another digest; they were set aside',
    hint: isWhole ? null : 'Run "tidegate run", which makes it again when something needs it',
  };
}

function forgetGone({ state, objects }: Project): void {
  const there = new Set<string>();
  for (const { digest } of objects.entries()) there.add(digest);
  const gone = state
    .prepare('SELECT digest FROM scrubbed')
    .all()
    .map((row) => String(row['digest']))
    .filter((digest) => isDigest(digest) && !there.has(digest));
  const forget = state.prepare('DELETE FROM scrubbed WHERE digest = ?');
  if (gone.length > 0) state.note(() => gone.forEach((digest) => forget.run(digest)));
}

function oldestRead({ state, objects }: Project): string | null {
  const known = state.prepare('SELECT count(*) AS rows, min(read_at) AS oldest FROM scrubbed').get();
  const all = new Set<string>();
  for (const { digest } of objects.entries()) all.add(digest);
  return Number(known?.['rows']) < all.size || known?.['oldest'] === null ? null : String(known?.['oldest']);
}
