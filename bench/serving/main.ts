// Requests per second of our model server against FastAPI with ONNX Runtime, same model, same JSON. See README.md.
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, release as kernel, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { digestOfHex, type ReleaseManifest, type Signature } from '@tidegate/formats';
import { inspectModel } from '../../packages/serving/src/inspect/inspect-model.ts';
import { makeExample } from './example.ts';
import { measure, type Round } from './load.ts';
import { requestOf } from './request-of.ts';
import { rivalPython } from './rival.ts';
import { requireSameAnswers } from './same-answers.ts';
import { rivalVersions, type RunningServer, type Served, startFastApi, startTidegate } from './servers.ts';

const fixtures = resolve(import.meta.dirname, '../../packages/serving/fixtures');
const { values: given } = parseArgs({
  options: {
    example: { type: 'boolean', default: false },
    model: { type: 'string', default: join(fixtures, 'binary.onnx') },
    request: { type: 'string' },
    python: { type: 'string' },
    connections: { type: 'string', default: '16' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
  },
});

/** What both serve, and what they are asked. */
interface Subject {
  readonly modelFile: string;
  readonly releaseFolder: string;
  readonly online: string | null;
  readonly path: string;
  readonly body: string;
}

const folder = await mkdtemp(join(tmpdir(), 'tidegate-bench-'));
const servers: RunningServer[] = [];
try {
  const python = given.python ?? (await rivalPython());
  const { path, body, ...subject } = given.example ? await makeExample(folder) : await modelAlone();
  const bodyFile = join(folder, 'body.json');
  await writeFile(bodyFile, body);
  const served: Served = { ...subject, python, core: 0 };
  if (given.only !== 'fastapi') servers.push(await startTidegate(served));
  if (given.only !== 'tidegate') servers.push(await startFastApi(served));
  await requireSameAnswers(servers, path, body);

  const load = { path, bodyFile, connections: Number(given.connections), seconds: Number(given.seconds), core: 1 };
  for (const server of servers) await measure(server, { ...load, seconds: 2 }); // both warm
  const rounds = new Map<RunningServer, Round[]>(servers.map((server) => [server, []]));
  for (let round = 0; round < Number(given.rounds); round++)
    for (const server of servers) rounds.get(server)?.push(await measure(server, load));
  process.stdout.write(`${report(rounds, { modelFile: subject.modelFile, bodyBytes: body.length, python })}\n`);
} finally {
  for (const server of servers) await server.stop();
  await rm(folder, { recursive: true });
}

async function modelAlone(): Promise<Subject> {
  const body = given.request === undefined ? await bodyOfFixture() : await readFile(given.request, 'utf8');
  const releaseFolder = await makeRelease(given.model);
  return { modelFile: given.model, releaseFolder, online: null, path: '/v2/models/tide/infer', body };
}

/** The first row of the fixture. */
async function bodyOfFixture(): Promise<string> {
  const signature: Signature = JSON.parse(await readFile(join(fixtures, 'binary.signature.json'), 'utf8'));
  const { rows }: { readonly rows: readonly { readonly [name: string]: unknown }[] } = JSON.parse(
    await readFile(join(fixtures, 'binary.cases.json'), 'utf8'),
  );
  return requestOf(signature, rows[0] ?? {});
}

/** A release folder for the model alone, with what its file tells as signature. */
async function makeRelease(modelFile: string): Promise<string> {
  const { inputs, task, classes } = await inspectModel({ file: modelFile, flavor: 'onnx', python: 'python3' });
  if (inputs === null || task === null) throw new Error('Cannot measure a model that does not name its columns');
  const unknown = digestOfHex('00'.repeat(32)); // no server reads it
  const signature: Signature = { task, inputs: inputs.map(({ name, type }) => ({ name, type: type ?? 'number' })), classes };
  const manifest: ReleaseManifest = {
    format: 'tidegate.release/1',
    project: 'bench',
    service: 'tide',
    model: { name: 'tide', version: unknown, artifact: unknown, flavor: 'onnx', file: basename(modelFile), signature },
    features: null,
    definitions: null,
    python: null,
    runtime: { name: '@tidegate/serving', version: '0' },
    files: unknown,
  };
  await mkdir(join(folder, 'release/model'), { recursive: true });
  await copyFile(modelFile, join(folder, 'release/model', basename(modelFile)));
  await writeFile(join(folder, 'release/release.json'), JSON.stringify(manifest));
  return join(folder, 'release');
}

interface Measured {
  readonly modelFile: string;
  readonly bodyBytes: number;
  readonly python: string;
}

function report(rounds: ReadonlyMap<RunningServer, readonly Round[]>, { modelFile, bodyBytes, python }: Measured): string {
  const lines = [...rounds].map(([server, list]) => {
    const of = (name: keyof Round): readonly number[] => list.map((round) => round[name]).toSorted((a, b) => a - b);
    const rps = of('requestsPerSecond');
    const cells = [
      server.name,
      `${median(rps).toFixed(0)} (${rps[0]?.toFixed(0)}-${rps.at(-1)?.toFixed(0)})`,
      median(of('p50Ms')).toFixed(2),
      median(of('p99Ms')).toFixed(2),
      median(of('cpuUsPerRequest')).toFixed(0),
      median(of('residentMb')).toFixed(0),
      server.readyMs.toFixed(0),
      String(of('failed').reduce((sum, value) => sum + value, 0)),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const [ours = 1, rival = 1] = [...rounds.values()].map((list) =>
    median(list.map((round) => round.requestsPerSecond).toSorted((a, b) => a - b)),
  );
  return [
    `Model ${basename(modelFile)}, one row a request, body ${bodyBytes} bytes, ${given.connections} connections, ${given.rounds} rounds of ${given.seconds} s, servers and wrk on one core each.`,
    `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Linux ${kernel()}, Node ${process.versions.node}; ${rivalVersions(python)}.`,
    '',
    '| server | requests/s (range) | p50 ms | p99 ms | CPU us/request | RSS MB | ready ms | failed |',
    '|---|---|---|---|---|---|---|---|',
    ...lines,
    '',
    `Ratio of the medians: ${(ours / rival).toFixed(2)}.`,
  ].join('\n');
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
