import type { Level } from './change.ts';

/** What the `version` of a document says that was changed; `unknown` where either is no `MAJOR.MINOR.PATCH`. */
export type VersionChange = Level | 'none' | 'lower' | 'unknown';

/** Compares two versions by Semantic Versioning; `v` before them and what follows the three numbers is passed over. */
export function versionChange(before: string, after: string): VersionChange {
  const [old, young] = [numbersOf(before), numbersOf(after)];
  if (before === after) return 'none';
  if (old === null || young === null) return 'unknown';
  const at = old.findIndex((number, index) => number !== young[index]);
  if (at < 0) return 'none';
  if ((young[at] ?? 0) < (old[at] ?? 0)) return 'lower';
  return at === 0 ? 'major' : at === 1 ? 'minor' : 'patch';
}

function numbersOf(version: string): readonly number[] | null {
  const found = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-+].*)?$/.exec(version);
  return found === null ? null : [found[1], found[2], found[3]].map((part) => Number(part ?? 0));
}

/** Whether a version says at least that much. An unknown one says nothing. */
export function saysAtLeast(change: VersionChange, level: Level | null): boolean {
  const order: readonly VersionChange[] = ['patch', 'minor', 'major'];
  return level === null || order.indexOf(change) >= order.indexOf(level);
}
