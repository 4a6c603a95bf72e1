import { readdir, readFile } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Digest } from '@tidegate/formats';
import { openEngine, predictionsQuery } from '@tidegate/runtime';
import { defaultLog } from '../../../config/index.ts';
import { checkOutRelease } from '../../../packaging/index.ts';
import { systemPlatform } from '../../../platform/index.ts';
import { folderObjectStore, type ObjectStore } from '../../../store/index.ts';
import { placeFolder, predictionLogFolder } from '../../release-folder.ts';
import type { DeployedRelease, Target } from '../../target.ts';
import { fillFeatures, servingArgv } from '../../test-release.ts';
import { localTarget } from './local-target.ts';

export const place = { project: 'shop', environment: 'production', service: 'prices' };

/** The real supervisor and model server in a temporary folder, with an online store and the prediction log on. */
export interface ServingBench {
  readonly target: Target;
  /** What the supervisor keeps of the place. */
  readonly folder: string;
  /** Deploys a release that differs from others by its note. */
  readonly deploy: (note: string) => Promise<DeployedRelease>;
  /** Kills the process that serves. @returns when, as `Date.now()` */
  readonly killServer: () => Promise<number>;
  /** Waits until a process serves that is not this one. */
  readonly servedAgain: (pid: number | null) => Promise<void>;
  /** Ids of the predictions in the log. */
  readonly logged: () => Promise<ReadonlySet<string>>;
}

type StoreRelease = (store: ObjectStore, note: string) => Promise<Digest>;

export async function openServing(t: { after: (end: () => Promise<void>) => void }, store: StoreRelease): Promise<ServingBench> {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-serving-'));
  const objects = folderObjectStore(join(root, 'objects'));
  const deployments = join(root, 'deployments');
  const online = join(root, 'online.sqlite');
  await fillFeatures(online);
  const target = localTarget({ deployments, serving: { argv: servingArgv }, platform: systemPlatform });
  t.after(async () => {
    await target.stop(place);
    await rm(root, { recursive: true, force: true, maxRetries: 10 }); // a process that compacts the log may just be ending
  });
  return {
    target,
    folder: placeFolder(deployments, place),
    deploy: async (note) => {
      const release = await store(objects, note);
      const folder = join(root, 'releases', note);
      await checkOutRelease(objects, release, folder);
      const settings = { variables: {}, online, python: 'python3', log: defaultLog, trusted: null };
      return target.deploy({ place, release, folder, settings, port: 0, signal: new AbortController().signal, emit: () => {} });
    },
    killServer: async () => {
      const { pid } = await target.status(place);
      if (pid === null) throw new Error('Nothing serves');
      const at = Date.now();
      process.kill(pid, 'SIGKILL');
      return at;
    },
    servedAgain: async (pid) => {
      for (;;) {
        const now = await target.status(place);
        if (now.running && now.pid !== pid) return;
        await wait(20);
      }
    },
    logged: async () => {
      const query = await predictionsQuery(predictionLogFolder(deployments, place));
      if (query === null) return new Set();
      using engine = await openEngine({ threads: 1 });
      const rows = await engine.rows(`SELECT id FROM (${query})`);
      return new Set(rows.map(({ id }) => String(id)));
    },
  };
}

/** Process ids of what a process has started and is still there. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(ids.map((id) => readFile(`/proc/${id}/stat`, 'utf8').catch(() => '')));
  return stats.filter((stat) => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid).map((stat) => Number.parseInt(stat));
}
