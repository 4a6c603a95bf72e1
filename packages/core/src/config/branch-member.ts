import type { Named } from './project-config.ts';

/** What a mapping by branch says of a branch: the member of the first pattern that fits; null when none does. */
export function branchMember<T>(members: Named<T>, branch: string): T | null {
  for (const [pattern, member] of Object.entries(members)) if (fits(pattern, branch)) return member;
  return null;
}

/** `*` stands for anything, a slash included. */
function fits(pattern: string, branch: string): boolean {
  const form = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${form}$`, 's').test(branch);
}
