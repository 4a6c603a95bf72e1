import type { Named } from './project-config.ts';

/**
 * The end of the path that a release takes: the longest way through `after`, of several the one named first in the file; null without
 * environments. Following `after` must end.
 */
export function lastEnvironment(environments: Named<{ readonly after: string | null }>): string | null {
  const lengthOf = (name: string): number => {
    const after = environments[name]?.after ?? null;
    return after === null ? 1 : 1 + lengthOf(after);
  };
  const lengths = Object.keys(environments).map((name) => ({ name, length: lengthOf(name) }));
  const longest = Math.max(0, ...lengths.map(({ length }) => length));
  return lengths.find(({ length }) => length === longest)?.name ?? null;
}
