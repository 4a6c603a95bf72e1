import { failure, type FeatureSetRecord } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { extraOf, internalName, type ResolvedService } from './resolved-service.ts';
import { partOf, type TestWindow } from './split.ts';

export interface SetsRequest {
  readonly service: ResolvedService;
  readonly window: TestWindow;
  /** Columns of the rows that the sets carry besides. */
  readonly extra: readonly string[];
  /** Files to write; null = not this set. */
  readonly train: string | null;
  readonly test: string | null;
}

export interface SetCounts {
  readonly train: number;
  readonly test: number;
  readonly leftOut: FeatureSetRecord['leftOut'];
}

/**
 * Divides `work.joined` into `work.divided` and writes its training and test set as Parquet: id, time, features, label and what else was asked for,
 * in the order of time and id, with the same bytes for the same rows. Rows without a label are in neither.
 *
 * @throws TG-FEATURES-SPLIT when a set that is asked for has no rows
 */
export async function writeSets(engine: Engine, request: SetsRequest): Promise<SetCounts> {
  const { service, window } = request;
  await engine.run(`CREATE OR REPLACE TABLE work.divided AS SELECT *, ${partOf(service, window)} AS part FROM work.joined`);
  const parts = new Map(
    (await engine.rows('SELECT part, count(*) AS rows FROM work.divided GROUP BY part')).map((row) => [row['part'], Number(row['rows'])]),
  );
  for (const part of ['train', 'test'] as const) {
    const file = request[part];
    if (file === null) continue;
    if ((parts.get(part) ?? 0) === 0) throw emptySet(service, part, window);
    await engine.run(copyStatement(request, part, file));
  }
  return {
    train: parts.get('train') ?? 0,
    test: parts.get('test') ?? 0,
    leftOut: { labelMissing: parts.get('unlabelled') ?? 0, labelNotYetKnown: parts.get('immature') ?? 0 },
  };
}

/** Rows of a group are written together: a multiple of the engine's vector size, fixed so that bytes do not change. */
const rowGroupSize = 122_880;

function copyStatement({ service, extra }: SetsRequest, part: string, file: string): string {
  const { definition, spec } = service;
  const row = (name: string): string => `${internalName(service, name)} AS ${quoteName(name)}`;
  const columns = [
    row(definition.id),
    `time AS ${quoteName(definition.time)}`,
    ...[...definition.request, ...definition.keysAsFeatures].map(row),
    ...spec.views.flatMap((view, i) =>
      view.features.map((feature, k) => `value_${i}_${k} AS ${quoteName(`${view.name}__${feature.name}`)}`),
    ),
    row(definition.label),
    ...extraOf(service, extra).map(row),
  ];
  return `COPY (SELECT ${columns.join(', ')} FROM work.divided WHERE part = '${part}' ORDER BY time, ${internalName(service, definition.id)})
    TO ${quoteText(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroupSize})`;
}

function emptySet(service: ResolvedService, part: 'train' | 'test', { from }: TestWindow): Error {
  const which = part === 'train' ? `before ${from ?? 'the start'} whose label was known by then` : `from ${from ?? 'the start'} on`;
  return failure(
    'TG-FEATURES-SPLIT',
    `Cannot make the ${part === 'train' ? 'training' : 'test'} set of "${service.spec.name}": there is no labelled row ${which}`,
    'Change "split" of the service, or bring more data',
  );
}
