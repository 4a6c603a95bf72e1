import { type DatasetVersion, failure, type FeatureServiceSpec } from '@tidegate/formats';
import { type Engine, quoteText } from '@tidegate/runtime';
import { mkdir } from '../platform/index.ts';
import type { ObjectStore } from '../store/index.ts';
import type { ServiceDefinition } from './definitions.ts';
import { openService } from './open-service.ts';
import { joinAsOf, type PointInTimeView } from './point-in-time.ts';
import type { ResolvedService } from './resolved-service.ts';
import { engineFailure } from './sql-source.ts';
import { makeViewTable } from './view-table.ts';

export interface OfflineLookUpOrder {
  readonly store: ObjectStore;
  /** What the model was made with: views, features and their order. */
  readonly spec: FeatureServiceSpec;
  /** The meaning of it: `definitions` of the release. */
  readonly definition: ServiceDefinition;
  readonly datasets: readonly DatasetVersion[];
  /** Folder to work in, where the files to read and to write lie. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** The features of rows as of their moments, out of the datasets: what an online look-up finds when the store holds the same history. */
export interface OfflineLookUp {
  /**
   * Reads a Parquet file of rows and writes it again with what was found. `keys` are SQL over its columns, by the names of the
   * service's keys; its column `moment` (TIMESTAMP) is the moment. Feature number k, over all views, becomes `value_k`, `status_k` (0
   * present, 1 null, 2 not found, 3 older than the time to live) and for whole numbers beyond 2^53 `digits_k`.
   */
  readonly look: (files: {
    readonly from: string;
    readonly to: string;
    readonly keys: { readonly [key: string]: string };
  }) => Promise<void>;
  readonly [Symbol.dispose]: () => void;
}

const memory = '500MB';

/** Computes the views of a service once, for look-up after look-up. @throws TG-FEATURES-… when the data no longer has what the service reads */
export async function openOfflineLookUp(order: OfflineLookUpOrder): Promise<OfflineLookUp> {
  const { store, spec, definition, datasets, folder, signal } = order;
  await mkdir(folder, { recursive: true });
  const open = await openService({
    room: { store, folder, spill: `${folder}/.spill-look-up`, signal, memory },
    name: spec.name,
    definition,
    extra: [],
    datasets,
    known: datasets.map((version) => version.dataset),
  });
  try {
    const views = await makeViews(open.engine, open.service);
    const found = findings(spec, open.service);
    return {
      look: (files) => lookUp(open.engine, files, { views, found, keys: spec.keys.map(({ name }) => name) }),
      [Symbol.dispose]: () => open[Symbol.dispose](),
    };
  } catch (error) {
    open[Symbol.dispose]();
    throw error;
  }
}

async function makeViews(engine: Engine, service: ResolvedService): Promise<readonly PointInTimeView[]> {
  const views: PointInTimeView[] = [];
  for (const { join, parts } of service.views) {
    const table = await makeViewTable(engine, join.as, parts).catch((error: unknown) => {
      throw engineFailure(join.view.source, error);
    });
    const rowKeys = join.rowKeys.map((key) => `key_${service.spec.keys.findIndex(({ name }) => name === key)}`);
    views.push({ table, rowKeys, ttlMs: join.view.ttlMs });
  }
  return views;
}

/** SQL over the joined rows for each feature of the specification, in its order. A view may give more columns by now. */
function findings(spec: FeatureServiceSpec, service: ResolvedService): readonly string[] {
  const columns = spec.views.flatMap((view) => {
    const i = service.views.findIndex(({ join }) => join.as === view.name);
    return view.features.map((feature) => {
      const k = service.views[i]?.features.findIndex(({ name }) => name === feature.name) ?? -1;
      if (k >= 0) return { type: feature.type, value: `value_${i}_${k}`, event: `event_${i}`, used: `used_${i}` };
      throw failure(
        'TG-FEATURES-COLUMN',
        `Cannot look up "${view.name}__${feature.name}": the data no longer gives the view such a column`,
        'Bring the column back into the data, or make a release without it',
      );
    });
  });
  return columns.flatMap(({ type, value, event, used }, index) => [
    `${value} AS value_${index}`,
    `CAST(CASE WHEN ${event} IS NULL THEN 2 WHEN NOT ${used} THEN 3 WHEN ${value} IS NULL THEN 1 ELSE 0 END AS TINYINT) AS status_${index}`,
    ...(type === 'integer'
      ? [`CASE WHEN ${value} NOT BETWEEN -9007199254740991 AND 9007199254740991 THEN CAST(${value} AS VARCHAR) END AS digits_${index}`]
      : []),
  ]);
}

interface LookUpParts {
  readonly views: readonly PointInTimeView[];
  readonly found: readonly string[];
  /** Names of the service's keys, in order. */
  readonly keys: readonly string[];
}

async function lookUp(engine: Engine, { from, to, keys }: Parameters<OfflineLookUp['look']>[0], parts: LookUpParts): Promise<void> {
  const own = parts.keys.map((key, index) => `${keys[key] ?? 'NULL'} AS key_${index}`);
  await engine.run(
    `CREATE OR REPLACE TABLE work.requests AS SELECT ${['*', 'moment AS time', ...own].join(', ')} FROM read_parquet(${quoteText(from)})`,
  );
  await joinAsOf(engine, 'work.found', { rows: 'work.requests', views: parts.views });
  const hidden = ['time', ...parts.keys.map((_, index) => `key_${index}`)];
  const given = (await engine.describe('SELECT * FROM work.requests')).map(({ name }) => name).filter((name) => !hidden.includes(name));
  await engine.run(`COPY (SELECT ${[...given, ...parts.found].join(', ')} FROM work.found) TO ${quoteText(to)} (FORMAT parquet)`);
}
