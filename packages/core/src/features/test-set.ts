import type { DatasetVersion, Digest, FeatureServiceSpec } from '@tidegate/formats';
import { mkdir } from '../platform/index.ts';
import type { ObjectStore } from '../store/index.ts';
import { writeSets } from './feature-sets.ts';
import { joinService } from './joined-rows.ts';
import { loadDefinitions } from './meaning.ts';
import { openService } from './open-service.ts';
import type { TestWindow } from './split.ts';

export interface TestSetOrder {
  readonly store: ObjectStore;
  /** Version of the service to compute: `definitions` of a release, `version` of a feature service. */
  readonly definitions: Digest;
  /** For messages, and as the name in the specification. */
  readonly service: string;
  /** Every dataset its SQL may read; the same or newer versions than it was made on. */
  readonly datasets: readonly DatasetVersion[];
  /** The window of the test set to compare with, as its record says it. */
  readonly window: TestWindow;
  /** Only what there was of the views so long before the time of each row. Default 0. */
  readonly staleMs?: number;
  /** Folder to work in, made when it is not there. */
  readonly folder: string;
  /** Parquet file to write, in the folder. */
  readonly output: string;
  readonly signal: AbortSignal;
}

/**
 * Computes the test set of an older service on today's data, so that a champion is judged on the same rows as a candidate,
 * each with its own features. Written as any test set: id, time, features, label, in the order of time and id.
 *
 * @throws TG-FEATURES-… when the data no longer has what the older service reads; TG-STORE-OBJECT-MISSING
 */
export async function computeTestSet(
  order: TestSetOrder,
): Promise<{ readonly rows: number; readonly spec: FeatureServiceSpec; readonly id: string }> {
  const definition = await loadDefinitions(order.store, order.definitions);
  await mkdir(order.folder, { recursive: true });
  using open = await openService({
    room: { store: order.store, folder: order.folder, spill: `${order.folder}/.spill-test`, signal: order.signal },
    name: order.service,
    definition,
    extra: [],
    datasets: order.datasets,
    known: order.datasets.map((version) => version.dataset),
  });
  await joinService(open.engine, open.service, { staleMs: order.staleMs ?? 0 });
  const counts = await writeSets(open.engine, { service: open.service, window: order.window, extra: [], train: null, test: order.output });
  return { rows: counts.test, spec: open.service.spec, id: definition.id };
}
