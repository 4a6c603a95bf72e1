import type { ProjectConfig } from '../config/index.ts';

/** How far the runs of a branch go: `gate` or an environment, by the first pattern that fits. A branch that none fits goes to the gate. */
export function goalOfBranch(branches: ProjectConfig['branches'], branch: string): string {
  for (const [pattern, goal] of Object.entries(branches)) if (fits(pattern, branch)) return goal;
  return 'gate';
}

/** `*` stands for anything, a slash included. */
function fits(pattern: string, branch: string): boolean {
  const form = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${form}$`, 's').test(branch);
}
