import { deploymentHistory, liveAfter } from '../../deploy/index.ts';
import { evaluationOf } from '../../models/index.ts';
import type { LiveModel } from '../../monitoring/index.ts';
import { readRelease } from '../../packaging/index.ts';
import { readRecord } from '../../store/index.ts';
import type { Project } from '../project.ts';

/** The model of the release that is live in a place, by this home's own history; null where none is. */
export async function liveModel(
  { state, store, name }: Project,
  place: { readonly environment: string; readonly service: string },
): Promise<LiveModel | null> {
  const release = liveAfter(deploymentHistory(state, name, place))?.release ?? null;
  if (release === null) return null;
  const manifest = await readRelease(store, release);
  const { name: model, version: digest } = manifest.model;
  const version = await readRecord(store, 'tidegate.model-version/1', digest);
  return { release, manifest, digest, version, evaluation: await evaluationOf({ state, store }, { model, version: digest }) };
}
