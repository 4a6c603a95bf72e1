import { join } from 'node:path';
import {
  type DatasetVersion,
  digest,
  type Digest,
  type Evidence,
  type JointDrift,
  type Json,
  recordJson,
  shape,
  shortDigest,
  TidegateError,
} from '@tidegate/formats';
import type { Engine, EngineOptions } from '@tidegate/runtime';
import type { DatasetDriftConfig } from '../../config/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import { judgeBeyondColumns } from './beyond-columns.ts';
import { judgeDataDrift } from './judge-data-drift.ts';
import type { JudgedSides } from './judged-sides.ts';
import { judgeProfileDrift } from './profiles/judge-profile-drift.ts';
import { profileSide, sideOfProfile } from './profiles/profile-side.ts';
import { sideOfRecord, sideOfVersion } from './version-side.ts';

/** The version that each dataset with `drift` is compared with in a run; null where there is none. */
export type DriftReferences = { readonly [dataset: string]: Digest | null };

/** What a dataset step is told of drift: it is part of its key. */
export interface DriftSetting extends Omit<DatasetDriftConfig, 'against'> {
  readonly reference: Digest | null;
}

const settingShape: shape.Shape<DriftSetting> = shape.map(
  shape.object({
    severity: shape.required(shape.oneOf(['warning', 'error'])),
    from: shape.optional(shape.oneOf(['rows', 'profiles'])),
    by: shape.required(shape.oneOf(['windows', 'rows'])),
    seasons: shape.required(shape.boolean()),
    floor: shape.required(shape.number()),
    falseAlarms: shape.required(shape.number()),
    ignore: shape.required(shape.list(shape.text())),
    reference: shape.optional(shape.text()),
  }),
  ({ reference, from = 'rows', ...settings }) => ({ ...settings, from, reference: reference === undefined ? null : digest(reference) }),
);

/** Reads how drift is judged, as `datasetNodes` wrote it; null when it is not. @throws Error (a bug) when it did not */
export function driftSetting(setting: Json | undefined): DriftSetting | null {
  if (setting === undefined) return null;
  const parsed = shape.parse(settingShape, setting);
  if (parsed.ok) return parsed.value;
  throw new Error(`Cannot read how drift is judged: ${parsed.failure[0]?.message ?? 'it is nothing'}; please report this`);
}

export interface RunDrift {
  readonly version: DatasetVersion;
  readonly setting: DriftSetting;
  readonly store: ObjectStore;
  readonly openEngine: (options: EngineOptions) => Promise<Engine>;
  /** For what does not fit in memory. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

type FoundDrift = Pick<JudgedSides, 'columns'> & { readonly together: JointDrift | null };

/** Drift of a version that a run has made, as evidence: one for each column or view of one. Without anything to compare with it is one that is inconclusive. */
export async function runDrift({ version, setting, store, openEngine, folder, signal }: RunDrift): Promise<readonly Evidence[]> {
  const { reference, severity, ...settings } = setting;
  const evidence = (name: string, found: Pick<Evidence, 'verdict' | 'reason' | 'details'>): Evidence => ({
    format: 'tidegate.evidence/1',
    kind: 'drift',
    name,
    subject: `data.${version.dataset}`,
    blocking: severity === 'error' && found.verdict !== 'pass',
    ...found,
  });
  if (reference === null) return [none('No live model was made from a version of this dataset, so there is nothing to compare with')];
  if (!(await store.has(reference)))
    return [none(`Version ${shortDigest(reference)}, which it is to be compared with, is neither on this machine nor on a remote`)];
  const found = setting.from === 'profiles' ? await byProfiles(reference) : await byRows(reference);
  if (found === null)
    return [
      none(`No profile of version ${shortDigest(reference)} is kept that rows could be counted in; the rows would tell: "from: rows"`),
    ];
  const { columns, together } = found;
  if (columns.length === 0) return [none('No column is left that could be compared')];
  const ofColumns = columns.map(({ column, view, verdict, reason, drift }) =>
    evidence(view === 'values' ? `drift.${column}` : `drift.${column}.${view}`, {
      verdict,
      reason: `${reason} (against version ${shortDigest(reference)})`,
      details: drift === null ? { column, view, reference } : recordJson({ ...drift, view, reference }),
    }),
  );
  const ofAll = (together?.findings ?? []).map(({ name, verdict, reason, ...finding }): Evidence => ({
    ...evidence(`drift.together.${name}`, {
      verdict,
      reason: `${reason} (against version ${shortDigest(reference)})`,
      details: recordJson({ ...finding, reference }),
    }),
    // what columns do together needs more rows than each of them: only what is proven stops anything
    blocking: severity === 'error' && verdict === 'fail',
  }));
  return [...ofColumns, ...ofAll];

  async function byRows(compared: Digest): Promise<FoundDrift> {
    using engine = await openEngine({ threads: 1, spill: join(folder, 'spill-drift'), signal });
    const sides = { before: await sideOfVersion({ store }, compared), after: await sideOfRecord({ store }, version, null) };
    const judged = await judgeDataDrift(engine, sides, settings);
    const { together } = await judgeBeyondColumns(engine, { ...sides, judged, settings }, { together: true, slices: null });
    return { columns: judged.columns, together };
  }

  /** Null where one of the profiles cannot be read. */
  async function byProfiles(compared: Digest): Promise<FoundDrift | null> {
    try {
      const sides = { before: await profileSide({ store }, compared), after: await sideOfProfile({ store }, version, null) };
      return { columns: judgeProfileDrift(sides, settings).columns, together: null };
    } catch (error) {
      if (error instanceof TidegateError) return null;
      throw error;
    }
  }

  function none(reason: string): Evidence {
    return evidence('drift', { verdict: 'inconclusive', reason, details: { reference } });
  }
}
