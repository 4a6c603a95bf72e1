import { branchMember, type ProjectConfig } from '../config/index.ts';

/** How far the runs of a branch go: `gate` or an environment, by the first pattern that fits. A branch that none fits goes to the gate. */
export function goalOfBranch(branches: ProjectConfig['branches'], branch: string): string {
  return branchMember(branches, branch) ?? 'gate';
}

/** The environments that are reached on the way to a goal, the goal last; none for the gate. */
export function routeTo(environments: ProjectConfig['environments'], goal: string): readonly string[] {
  const route: string[] = [];
  for (let at: string | null = goal; at !== null && !route.includes(at); at = environments[at]?.after ?? null)
    if (environments[at] !== undefined) route.unshift(at);
  return route;
}
