import { join } from 'node:path';
import type { Digest, RunRecord } from '@tidegate/formats';
import { type Lock, readLock } from '../../config/index.ts';
import { digestOfFile } from '../../platform/index.ts';
import type { Project } from '../project.ts';
import { noteInStep } from '../hooks/in-step.ts';
import { readFeatureSets } from '../records.ts';
import { settleReading } from '../sources/readings.ts';
import { changeLock } from './change-lock.ts';

/**
 * Pins what a run has passed with: dataset versions, feature views, the package lock. A pin that somebody has moved since the run began stays where it is now.
 *
 * @param before the lock when the run began; null where it could not be read
 * @returns whether a pin moved
 */
export async function moveLock(project: Project, record: RunRecord, before: Lock | null): Promise<boolean> {
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
  const isMoved = await changeLock(project, (present) => ({
    data: moved(data, { before: before?.data, present: present.data }),
    features: moved(features, { before: before?.features, present: present.features }),
    packages: moved(packages, { before: before?.packages, present: present.packages }),
  }));
  if (isMoved) await noteInStep(project.root, (dataset) => Object.hasOwn(data, dataset));
  for (const [dataset, version] of Object.entries(data)) await settleReading(project, dataset, version);
  return isMoved;
}

type Pins = Lock['data'];

/** The pins of the run, but for those that are others now than when it began. */
function moved(pins: Pins, { before, present }: { readonly before: Pins | undefined; readonly present: Pins }): Pins {
  if (before === undefined) return pins;
  const own = (all: Pins, name: string): Digest | undefined => (Object.hasOwn(all, name) ? all[name] : undefined);
  const names = new Set([...Object.keys(pins), ...Object.keys(present), ...Object.keys(before)]);
  const found = [...names].flatMap((name): readonly (readonly [string, Digest])[] => {
    const now = own(present, name);
    const pin = now === own(before, name) ? own(pins, name) : now;
    return pin === undefined ? [] : [[name, pin]];
  });
  return Object.fromEntries(found);
}
