import type { Project } from '@tidegate/core';
import { failure } from '@tidegate/formats';

/** How far a run goes: `gate`, or the environment that the option `--to` names. @throws TG-CLI-USAGE */
export function goalOf(project: Pick<Project, 'config'>, to: string | undefined): string {
  if (to === undefined) return 'gate';
  const names = Object.keys(project.config.environments);
  if (!names.includes(to))
    throw failure(
      'TG-CLI-USAGE',
      `Cannot run to "${to}": the project has no environment of that name`,
      `Environments: ${names.join(', ')}`,
    );
  return to;
}
