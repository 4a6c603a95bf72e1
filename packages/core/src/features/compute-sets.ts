import type { Certificate, FeatureServiceSpec } from '@tidegate/formats';
import { countJoins } from './certificate.ts';
import type { Split } from './definitions.ts';
import { type SetCounts, writeSets } from './feature-sets.ts';
import { joinService } from './joined-rows.ts';
import { openService, type OpenService, type ServiceRequest } from './open-service.ts';
import { type Replay, replay } from './replay.ts';
import { rowsQuery, viewQuery } from './replay-query.ts';
import { type TestWindow, windowOf } from './split.ts';

export interface SetsOrder extends Omit<ServiceRequest, 'room'> {
  readonly store: ServiceRequest['room']['store'];
  /** Folder to work in; the files to write lie in it. */
  readonly folder: string;
  readonly split: Split;
  readonly train: string;
  readonly test: string;
  readonly signal: AbortSignal;
  readonly progress: (doing: string, fraction: number | null) => void;
}

export interface ComputedSets {
  readonly spec: FeatureServiceSpec;
  readonly window: TestWindow;
  readonly counts: SetCounts;
  readonly certificate: Certificate;
  readonly unstable: Replay['unstable'];
}

/**
 * Writes the training and the test set of a service, and beside it, in an engine of its own, replays the service in time.
 *
 * @throws TG-FEATURES-… for what the definitions or the data do not allow
 */
export async function computeSets(order: SetsOrder): Promise<ComputedSets> {
  const room = (name: string): ServiceRequest['room'] => ({
    store: order.store,
    folder: order.folder,
    spill: `${order.folder}/.spill-${name}`,
    signal: order.signal,
  });
  using main = await openService({ ...order, room: room('sets') });
  using beside = await openService({ ...order, room: room('replay') });
  // both must have ended before their engines are closed
  const [sets, replayed] = await Promise.allSettled([makeSets(main, order), replayService(beside, order)]);
  if (sets.status === 'rejected') throw sets.reason;
  if (replayed.status === 'rejected') throw replayed.reason;
  const { probedAt, probedRows, leaks, unstable } = replayed.value;
  return {
    spec: main.service.spec,
    window: sets.value.window,
    counts: sets.value.counts,
    certificate: {
      format: 'tidegate.certificate/1',
      rows: sets.value.counts.train + sets.value.counts.test,
      views: sets.value.views,
      probedAt,
      probedRows,
      leaks,
    },
    unstable,
  };
}

async function makeSets(
  { engine, service }: OpenService,
  order: SetsOrder,
): Promise<{ readonly window: TestWindow; readonly counts: SetCounts; readonly views: Certificate['views'] }> {
  order.progress('joining views to rows', null);
  const joined = await joinService(engine, service);
  order.signal.throwIfAborted();
  const window = await windowOf(engine, service, order.split);
  order.progress('writing the sets', null);
  const counts = await writeSets(engine, { service, window, extra: order.extra, train: order.train, test: order.test });
  order.signal.throwIfAborted();
  return { window, counts, views: await countJoins(engine, service, joined) };
}

async function replayService({ engine, service, rowsRead, viewsRead }: OpenService, order: SetsOrder): Promise<Replay> {
  const rows = rowsQuery(service, rowsRead);
  const views = service.views.map((view, index) => viewQuery(view, index, viewsRead[index] ?? []));
  return replay(engine, {
    datasets: order.datasets,
    rows,
    queries: [rows, ...views],
    signal: order.signal,
    progress: (fraction) => order.progress('computing again from what was known', fraction),
  });
}
