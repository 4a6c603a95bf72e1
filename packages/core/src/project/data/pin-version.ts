import type { Digest } from '@tidegate/formats';
import { noteInStep } from '../hooks/in-step.ts';
import type { Project } from '../project.ts';
import { changeLock } from './change-lock.ts';

/** Moves the pin of one dataset and leaves all others. Two at once do so one after the other. */
export async function pinVersion(project: Project, dataset: string, version: Digest): Promise<boolean> {
  const isMoved = await changeLock(project, (lock) => ({ ...lock, data: { ...lock.data, [dataset]: version } }));
  if (isMoved) await noteInStep(project.root, (one) => one === dataset);
  return isMoved;
}
