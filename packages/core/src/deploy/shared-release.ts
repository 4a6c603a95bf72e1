import { type Digest, type SharedRelease, type StepRecord, TidegateError } from '@tidegate/formats';
import { findReleases, readRelease, recordRelease, recordSignature, signaturesOf } from '../packaging/index.ts';
import { type pushArtifacts, runsOf } from '../pipeline/index.ts';
import type { ObjectStore, State } from '../store/index.ts';

export interface ReleasePlace {
  readonly state: State;
  readonly store: ObjectStore;
  /** Its name. */
  readonly project: string;
}

/** Where a release comes from, for others, and the steps of the run that made it. */
export function sharedRelease(
  { state, project }: ReleasePlace,
  release: Digest,
): { readonly record: SharedRelease; readonly steps: readonly StepRecord[] } {
  const [made] = findReleases(state, project, release);
  const steps = made?.run == null ? [] : (runsOf(state).get(made.run)?.steps ?? []);
  const signatures = signaturesOf(state, release);
  const record: SharedRelease = {
    format: 'tidegate.shared-release/1',
    release,
    project,
    service: made?.service ?? '',
    run: made?.run ?? null,
    commit: made?.commit ?? null,
    madeAt: made?.madeAt ?? new Date(0).toISOString(),
    results: steps.flatMap(({ key }) => (key === null ? [] : [key])),
    ...(signatures.length > 0 && { signatures }),
  };
  return { record, steps };
}

/** Takes over where a release comes from and who has signed it, as another machine has it. */
export function takeOverRelease(state: State, shared: SharedRelease): void {
  recordRelease(state, shared);
  for (const signature of shared.signatures ?? []) recordSignature(state, shared.release, signature);
}

/** What a release is made of and compared by, whoever made it; nothing when it is no longer kept. */
export async function releaseParts({ store }: Pick<ReleasePlace, 'store'>, release: Digest): Promise<Parameters<typeof pushArtifacts>[1]> {
  const manifest = await readRelease(store, release).catch((error: unknown) => {
    if (error instanceof TidegateError) return null;
    throw error;
  });
  if (manifest === null) return [];
  const { model, definitions, files } = manifest;
  const records = [release, model.version, ...(definitions === null ? [] : [definitions])];
  return [...records.map((digest) => ({ kind: 'file', digest }) as const), { kind: 'tree', digest: files }];
}
