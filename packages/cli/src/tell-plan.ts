import { planProject, type Project, type ProjectPlanOptions } from '@tidegate/core';
import type { Invocation } from './command.ts';
import { planLines } from './render/plan-view.ts';

/** Says what a run would do, in lines or as data. @returns the exit code */
export async function tellPlan(
  project: Project,
  { terminal, json, signal }: Invocation,
  options: Omit<ProjectPlanOptions, 'signal'>,
): Promise<number> {
  const plan = await planProject(project, { ...options, signal });
  if (json) terminal.json(plan);
  for (const line of planLines(plan, terminal)) terminal.line(line);
  return 0;
}
