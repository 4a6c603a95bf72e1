import { failure } from '@tidegate/formats';
import { profileOfPart } from '@tidegate/runtime';
import type { ProfileSide } from '../../../data/index.ts';
import { readRecord } from '../../../store/index.ts';
import type { Project } from '../../project.ts';
import { liveReleases } from './live-releases.ts';

/**
 * What a live model of the last environment was trained on, as the reference profile of its release tells: of several the one with most columns of the dataset. It has the inputs of the model, and no time.
 *
 * @throws TG-CLI-NOT-FOUND when no model is live, or its release carries no reference profile or one without any of these columns
 */
export async function profileOfTraining(project: Project, { columns }: Pick<ProfileSide, 'columns'>): Promise<ProfileSide> {
  const own = new Map(columns.map((column) => [column.name, column]));
  let best: ProfileSide | null = null;
  for (const { model, reference = null } of await liveReleases(project)) {
    if (reference === null || !(await project.store.has(reference))) continue;
    const found = await readRecord(project.store, 'tidegate.profile-part/1', reference);
    const whole = { ...found, columns: found.columns.filter(({ name }) => own.has(name)) };
    if (whole.columns.length <= (best?.columns.length ?? 0)) continue;
    best = {
      name: `what the live model ${model.name} was trained on`,
      version: null,
      columns: whole.columns.map(({ name, type }) => ({ name, type, personal: own.get(name)?.personal ?? false })),
      time: null,
      profile: profileOfPart(whole, null),
      whole,
    };
  }
  if (best !== null) return best;
  throw failure(
    'TG-CLI-NOT-FOUND',
    'Cannot find a profile of what a live model was trained on: none is live, or its release carries none, or one with none of these columns',
    'Deploy a model first: releases of this version of Tidegate carry one. Or compare rows, without "--from-profiles"',
  );
}
