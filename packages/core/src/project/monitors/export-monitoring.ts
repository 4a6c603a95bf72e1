import { join } from 'node:path';
import { failure } from '@tidegate/formats';
import { monitoringFiles } from '../../monitoring/index.ts';
import { writeFileAtomically } from '../../platform/index.ts';
import { ignoreBuild } from '../ignore-build.ts';
import type { Project } from '../project.ts';

/**
 * Writes what watches the services of the project into a folder, over what is there under these names.
 *
 * @returns the paths of the files
 * @throws TG-CLI-NOTHING-TO-WATCH when the project has no service
 */
export async function exportMonitoring(project: Project, folder: string): Promise<readonly string[]> {
  if (Object.keys(project.config.services).length === 0)
    throw failure(
      'TG-CLI-NOTHING-TO-WATCH',
      'Cannot write rules and a dashboard: the project has no service',
      'Add a model to tidegate.yaml: every model is a service, unless "services:" says otherwise',
    );
  const files = monitoringFiles(project.config, project.serving.version);
  await Promise.all(files.map(({ name, text }) => writeFileAtomically(join(folder, name), text)));
  await ignoreBuild(project);
  return files.map(({ name }) => join(folder, name));
}
