import { type DataDrift, failure, TidegateError } from '@tidegate/formats';
import { type DataDriftSettings, judgeProfileDrift, profileSide, type ProfileSide, sideOfProfile } from '../../../data/index.ts';
import type { Project } from '../../project.ts';
import { versionNamed } from '../version-names.ts';
import { versionOrPinned } from '../version-or-pinned.ts';
import { madeVersion, workingVersion, type WorkingVersionOptions } from '../working/working-version.ts';
import type { DriftChoice } from './drift-choice.ts';
import { driftRecord, movedColumns } from './drift-record.ts';
import { profileOfTraining } from './profile-of-training.ts';
import { sinceWhen } from './since-when.ts';

interface ProfileChoice extends Pick<DriftChoice, 'before' | 'after'> {
  readonly settings: DataDriftSettings;
  readonly options: WorkingVersionOptions;
}

/**
 * Whether a version is still what another one was, as their profiles tell: no rows are read, and none need be on this machine. Rows are read only to make the version of the files as they are now, when no run has.
 *
 * @throws TG-CLI-USAGE for what has no profile, as the rows of a file; TG-CLI-NOT-FOUND; TG-DATA-NOT-PROFILED; as {@link workingVersion}
 */
export async function driftByProfiles(
  project: Project,
  dataset: string,
  { before, after, settings, options }: ProfileChoice,
): Promise<DataDrift> {
  if (after.kind === 'file')
    throw failure(
      'TG-CLI-USAGE',
      'Cannot compare the rows of a file by profiles: only versions of a dataset have one',
      'Leave out "--from-profiles", or name two versions',
    );
  const whole = await laterSide(project, dataset, { after, options });
  const earlier = await earlierSide(project, dataset, { before, later: whole });
  const later = before.kind === 'training' ? onlyOf(whole, earlier) : whole;
  const judged = judgeProfileDrift({ before: earlier, after: later }, settings);
  const since = await sinceWhen(project, {
    dataset,
    earlier: earlier.version,
    later: later.version,
    moved: movedColumns(judged),
    judge: async (version) => {
      const between = await sideOrNull(project, version);
      if (between === null) return null;
      const after = before.kind === 'training' ? onlyOf(between, earlier) : between;
      return judgeProfileDrift({ before: earlier, after }, settings);
    },
  });
  return { ...driftRecord(dataset, { earlier, later, judged, since }), together: null, slices: null };
}

async function earlierSide(
  project: Project,
  dataset: string,
  { before, later }: { readonly before: DriftChoice['before']; readonly later: ProfileSide },
): Promise<ProfileSide> {
  if (before.kind === 'training') return profileOfTraining(project, later);
  return profileSide(project, await versionOrPinned(project, dataset, before.word));
}

/** A training set may have fewer columns than the dataset, and that is no fault of either. */
function onlyOf(later: ProfileSide, { columns }: ProfileSide): ProfileSide {
  const shared = new Set(columns.map(({ name }) => name));
  return { ...later, columns: later.columns.filter(({ name }) => shared.has(name)) };
}

async function laterSide(
  project: Project,
  dataset: string,
  { after, options }: { readonly after: DriftChoice['after']; readonly options: WorkingVersionOptions },
): Promise<ProfileSide> {
  if (after.kind === 'version' && after.word !== null) return profileSide(project, await versionNamed(project, dataset, after.word));
  const made = await madeVersion(project, dataset);
  if (made !== null) return { ...(await profileSide(project, made)), name: 'as it is now' };
  return sideOfProfile(project, (await workingVersion(project, dataset, options)).version, null);
}

/** A version between the two need not have a profile, or be at hand. */
async function sideOrNull(project: Project, version: Parameters<typeof profileSide>[1]): Promise<ProfileSide | null> {
  try {
    return await profileSide(project, version);
  } catch (error) {
    if (error instanceof TidegateError) return null;
    throw error;
  }
}
