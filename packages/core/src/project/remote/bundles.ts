import { type Digest, failure, type SharedRelease, type StepRecord, type Zone } from '@tidegate/formats';
import { releaseParts, sharedRelease, takeOverRelease } from '../../deploy/index.ts';
import { type BundleContent, exportBundle, type Exported, importBundle } from '../../pipeline/index.ts';
import { forgetAgain } from '../forget/forget-again.ts';
import { findDigest } from '../explain/find-digest.ts';
import type { Project } from '../project.ts';
import { latestResult } from '../records.ts';
import { findRun } from '../run/runs.ts';

/**
 * Writes what these names stand for into one file, to carry it where no network leads: all results of a run, the newest one of a step, a release with
 * the results that it was made from.
 *
 * @throws TG-CLI-NOT-FOUND; TG-STORE-OBJECT-MISSING when something of it is nowhere
 */
export async function exportNamed(project: Project, names: readonly string[], file: string): Promise<Exported> {
  const found = await Promise.all(names.map((name) => contentNamed(project, name)));
  const content: BundleContent = {
    steps: found.flatMap(({ steps }) => steps),
    releases: found.flatMap(({ releases }) => releases),
    artifacts: found.flatMap(({ artifacts }) => artifacts),
  };
  return exportBundle(project, content, file);
}

async function contentNamed(project: Project, name: string): Promise<BundleContent> {
  const run = findRun(project, name);
  if (run !== null) return { steps: keyed(run.steps), releases: [], artifacts: [] };
  const latest = latestResult(project, name);
  if (latest !== null) return { steps: keyed([latest.record]), releases: [], artifacts: [] };
  const digest = /^(sha256:)?[0-9a-f]{8,64}$/.test(name) ? await findDigest(project, name) : null;
  const release = digest === null ? null : await releaseNamed(project, digest);
  if (release !== null) return release;
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot export "${name}": it is no run, no step with a result, and no release of this project`,
    'Look at "tidegate runs" and "tidegate plan" for the names there are',
  );
}

async function releaseNamed(project: Project, digest: Digest): Promise<BundleContent | null> {
  const { state, store, name } = project;
  const artifacts = await releaseParts(project, digest);
  if (artifacts.length === 0) return null;
  const { record, steps } = sharedRelease({ state, store, project: name }, digest);
  return { steps: keyed(steps), releases: [record], artifacts };
}

function keyed(steps: readonly StepRecord[]): BundleContent['steps'] {
  return steps.flatMap(({ step, key }) => (key === null ? [] : [{ step, key }]));
}

/** What an import brought. */
export interface ImportedBundle {
  readonly zone: Zone;
  /** Results that were not there before, of those that the bundle has. */
  readonly results: number;
  readonly ofResults: number;
  readonly objects: number;
  readonly bytes: number;
  readonly releases: readonly SharedRelease[];
  /** Objects with rows that were forgotten here, which it had and which are gone again. */
  readonly forgotten: number;
}

/** Takes over a bundle, its results as made by runs of the zone. Releases of another project are objects only. @throws TG-STORE-BUNDLE */
export async function importInto(project: Project, file: string, zone: Zone): Promise<ImportedBundle> {
  const { store, state, home, platform, name } = project;
  const { manifest, results } = await importBundle({ store, state, home, clock: platform.clock, project: name }, file, zone);
  const releases = manifest.releases.filter((release) => release.project === name);
  for (const release of releases) takeOverRelease(state, release);
  const forgotten = await forgetAgain(project, new AbortController().signal);
  const { objects } = manifest;
  const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
  return { zone, results, ofResults: manifest.results.length, objects: objects.length, bytes, releases, forgotten };
}
