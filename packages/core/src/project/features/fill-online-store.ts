import type { DatasetVersion } from '@tidegate/formats';
import { openSqliteOnlineStore } from '@tidegate/runtime';
import { materialise, type MaterialisedView, type ServiceDefinition } from '../../features/index.ts';
import { mkdir, mkdtemp, rm, tmpdir } from '../../platform/index.ts';
import { dirname, join } from 'node:path';
import type { ObjectStore } from '../../store/index.ts';

export interface OnlineFilling {
  readonly store: ObjectStore;
  /** File of the online store; made when it is not there. */
  readonly file: string;
  readonly services: { readonly [name: string]: ServiceDefinition };
  readonly datasets: readonly DatasetVersion[];
  /** Only what had happened and was known by then; milliseconds since 1970. */
  readonly atMs: number;
  readonly signal: AbortSignal;
}

/** Puts the newest features of every service into an online store. Doing it again changes nothing. */
export async function fillOnlineStore({
  store,
  file,
  services,
  datasets,
  atMs,
  signal,
}: OnlineFilling): Promise<readonly MaterialisedView[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-online-'));
  await mkdir(dirname(file), { recursive: true });
  const online = openSqliteOnlineStore(file);
  try {
    const known = datasets.map((version) => version.dataset);
    const views: MaterialisedView[] = [];
    for (const [service, definition] of Object.entries(services))
      views.push(...(await materialise({ store, online, service, definition, datasets, known, atMs, folder, signal })));
    return views;
  } finally {
    online.close();
    await rm(folder, { recursive: true, force: true });
  }
}
