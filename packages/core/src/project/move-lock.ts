import type { Digest, RunRecord } from '@tidegate/formats';
import { readLock, writeLock } from '../config/index.ts';
import { digestOfFile } from '../platform/index.ts';
import { join } from 'node:path';
import type { Project } from './project.ts';
import { readFeatureSets } from './records.ts';

/** Pins what a run has passed with: dataset versions, feature views, the package lock. @returns whether a pin moved */
export async function moveLock(project: Project, record: RunRecord): Promise<boolean> {
  const data: { [name: string]: Digest } = {};
  const features: { [name: string]: Digest } = {};
  for (const step of record.steps) {
    const version = step.outputs['version']?.digest;
    if (step.kind === 'dataset' && version !== undefined) data[step.step.slice('data.'.length)] = version;
    if (step.kind === 'features')
      for (const view of (await readFeatureSets(project, step))?.service.views ?? []) features[view.name] = view.version;
  }
  const { requirements } = project.config.python;
  const packages = requirements === null ? {} : { [requirements]: await digestOfFile(join(project.root, requirements)) };
  if (Object.keys(data).length + Object.keys(features).length + Object.keys(packages).length === 0) return false;
  await readLock(project.root); // a merge that is not finished is told, not overwritten
  return writeLock(project.root, { data, features, packages });
}
