import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { defaultLog } from '../../../config/index.ts';
import { digestOfBytes, openHttpClient, systemPlatform } from '../../../platform/index.ts';
import type { DeployRequest, Target } from '../../target.ts';
import { localTarget } from './local-target.ts';

/** The real supervisor, and a model server that answers one text. */
export const tinyServing = resolve(import.meta.dirname, '../../../../../serving/src/supervise/fixtures/tiny-serving.ts');
export const place = { project: 'shop', environment: 'staging', service: 'prices' };

export interface LocalBench {
  readonly target: Target;
  readonly deployments: string;
  readonly request: (tiny: object, more?: Partial<DeployRequest>) => Promise<DeployRequest>;
  readonly ask: (address: string, path?: string) => Promise<string>;
}

export interface LocalBenchOptions {
  /** Folders between the temporary one and the deployments. */
  readonly deep?: string;
  readonly readyWithinMs?: number;
  /** Command line of the serving program. Default: the real supervisor with the tiny server. */
  readonly serving?: readonly string[];
}

/** A local target in a temporary folder; what it started is ended after the test. */
export async function openLocalBench(
  t: { after: (end: () => Promise<void>) => void },
  { deep = '', readyWithinMs = 30_000, serving = [process.execPath, tinyServing] }: LocalBenchOptions = {},
): Promise<LocalBench> {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-local-'));
  const deployments = join(root, deep, 'deployments');
  const target = localTarget({
    deployments,
    serving: { argv: serving },
    readyWithinMs,
    platform: {
      ...systemPlatform,
      variables: {
        PATH: process.env['PATH'],
        SECRET_OF_THE_SHELL: 'x',
      },
    },
  });
  t.after(async () => {
    await target.stop(place);
    await rm(root, { recursive: true, force: true });
  });
  return {
    target,
    deployments,
    request: async (tiny, more = {}) => {
      const content = JSON.stringify(tiny);
      const folder = join(root, 'releases', digestOfBytes(content).slice(7, 19));
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'tiny.json'), content);
      const settings = { variables: { LIMIT: '3' }, online: null, python: null, log: defaultLog, trusted: null };
      return {
        place,
        release: digestOfBytes(content),
        folder,
        settings,
        port: 0,
        signal: new AbortController().signal,
        emit: () => {},
        ...more,
      };
    },
    ask: async (address, path = '/') => {
      using client = openHttpClient();
      const signal = new AbortController().signal;
      return (await client.send({ url: `${address}${path}`, method: 'GET', headers: {}, body: null, timeoutMs: 10_000, signal })).body;
    },
  };
}
