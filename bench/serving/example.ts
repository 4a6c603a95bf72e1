import { execFile } from 'node:child_process';
import { cp, readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Signature } from '@tidegate/formats';
import { openEngine, predictionsQuery } from '@tidegate/runtime';
import { requestOf } from './request-of.ts';

/** The release of `examples/flight-delays`, as a run to its first environment has made and deployed it. */
export interface Example {
  readonly releaseFolder: string;
  readonly modelFile: string;
  /** The online store it looks features up in. */
  readonly online: string;
  /** `POST /v2/models/NAME/infer`. */
  readonly path: string;
  /** A request for one row, with the values that the deployed service has looked up and given to the model. */
  readonly body: string;
}

const repository = resolve(import.meta.dirname, '../..');
const program = join(repository, 'packages/cli/bin/tidegate.js');
const run = promisify(execFile);

/** A flight shortly after the newest data. */
const request = {
  at: '2013-09-01T04:30:00Z',
  rows: [{ origin: 'EWR', tailnum: 'N14228', carrier: 'UA', dest: 'IAH', hour: 18, weekday: 5, month: 8, distance: 1400 }],
};

/**
 * Trains the example on January to August in a folder and takes it to staging, by the command line. Nothing is up afterwards.
 * @param folder a new one, also for the home
 */
export async function makeExample(folder: string): Promise<Example> {
  const project = join(folder, 'flight-delays');
  const home = join(folder, 'home');
  const environments = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tidegate', 'virtual-environments');
  const env = { TIDEGATE_VIRTUAL_ENVIRONMENTS: environments, ...process.env, TIDEGATE_HOME: home };
  const call = async (argv: readonly string[]): Promise<string> => (await run(argv[0] ?? '', argv.slice(1), { cwd: project, env })).stdout;
  const tidegate = (...argv: readonly string[]): Promise<string> => call([process.execPath, program, ...argv]);
  const filter = (path: string): boolean => !/\/(data|build|models|reports|__pycache__|\.pytest_cache)$/.test(path);
  await cp(join(repository, 'examples/flight-delays'), project, { recursive: true, filter });
  await call(['git', 'init', '--quiet']);
  await call(['git', 'add', '.']);
  await call(['git', '-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', 'commit', '--quiet', '--message', 'Begin']);
  await tidegate('exec', '--', 'python', 'prepare_data.py', '--months', '2013-01', '2013-08');
  try {
    await tidegate('run', '--to', 'staging');
    await ask(JSON.parse(await tidegate('status', '--json')));
  } finally {
    await tidegate('stop');
  }
  return read(join(home, 'deployments/flight-delays'));
}

interface Status {
  readonly environments: readonly { readonly name: string; readonly address: string | null }[];
}

async function ask({ environments }: Status): Promise<void> {
  const address = environments.find(({ name }) => name === 'staging')?.address ?? null;
  if (address === null) throw new Error('Cannot measure the example: it did not come to staging');
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${address}/v1/predict`, { method: 'POST', headers, body: JSON.stringify(request) });
  if (!answer.ok) throw new Error(`Cannot measure the example: it answers ${answer.status}: ${await answer.text()}`);
}

async function read(deployments: string): Promise<Example> {
  const service = join(deployments, 'staging/delay-api');
  const [digest = ''] = await readdir(join(service, 'releases'));
  const releaseFolder = join(service, 'releases', digest);
  const server = { releaseFolder, online: join(deployments, 'online.sqlite'), modelFile: join(releaseFolder, 'model/delay.onnx') };
  const signature: Signature = JSON.parse(await readFile(join(releaseFolder, 'signature.json'), 'utf8'));
  return { ...server, path: '/v2/models/delay/infer', body: requestOf(signature, await loggedRow(join(service, 'predictions'))) };
}

/** The values of the model's inputs by name, as the server had logged them. */
async function loggedRow(log: string): Promise<{ readonly [input: string]: unknown }> {
  const query = await predictionsQuery(log);
  if (query === null) throw new Error('Cannot measure the example: it has logged no prediction');
  using engine = await openEngine();
  const [row = {}] = await engine.rows(query);
  const inputs = Object.entries(row).filter(([name]) => name.startsWith('input.'));
  return Object.fromEntries(inputs.map(([name, value]) => [name.slice('input.'.length), value]));
}
