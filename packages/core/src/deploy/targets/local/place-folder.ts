import { join } from 'node:path';
import { invariant, nameForm } from '@tidegate/formats';
import type { DeploymentPlace } from '../../target.ts';

/** Everything of one place, below `Home.deployments`: state and logs of its supervisor, folders of its releases. */
export function placeFolder(deployments: string, { project, environment, service }: DeploymentPlace): string {
  for (const name of [project, environment, service]) invariant(nameForm.test(name), `"${name}" is a name`);
  return join(deployments, project, environment, service);
}
