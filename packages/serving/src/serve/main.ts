import { readFile } from 'node:fs/promises';
import { shape } from '@tidegate/formats';
import { httpServer } from '../http/http-server.ts';
import { requestHandler } from '../http/request-handler.ts';
import { batchQueue } from './batch-queue.ts';
import { drain } from './drain.ts';
import { type Live, servingEndpoints } from './endpoints.ts';
import { listenForSupervisor, listenOnPort } from './listen.ts';
import { servingMetrics, type ServingMetrics } from './metrics.ts';
import { identityOf, openService } from './model-service.ts';
import { openLog } from './open-log.ts';
import { readRelease, type Release } from './release.ts';
import { requireSigned } from './require-signed.ts';
import { readServeOptions, type ServeOptions } from './serve-options.ts';

const limits = { batchRequests: 16, batchRows: 8_192, idleMs: 1_000, drainMs: 10_000, bodies: 16 } as const;

/**
 * `serve --release DIR (--port N [--host ADDRESS] | --listen ipc) [--online FILE] [--python EXE] [--workers N] [--body-limit BYTES]
 * [--row-limit N] [--queue-limit N] [--trusted-keys FILE] [--log FOLDER [--log-sample PERCENT] [--log-personal NAMES] [--log-keep BYTES]]`: answers predictions until SIGTERM, SIGINT or its supervisor asks to stop, then drains and
 * exits with 0. It listens first and loads then, so that its health can be asked.
 *
 * @throws TG-SERVING-ARGUMENTS, TG-SERVING-RELEASE, TG-SERVING-FEATURES, TG-MODELS-SIGNATURE, and what loading the model throws
 */
export async function serve(argv: readonly string[]): Promise<void> {
  const options = readServeOptions(argv, process.env);
  outliveReaders();
  const listening = options.address === null ? listenForSupervisor() : listenOnPort(options.address.port, options.address.host);
  const stopAsked = Promise.race([listening.stopAsked, stopSignal()]);
  const release = await readRelease(options.release);
  const state: State = { live: null, draining: false };
  const { handler, metrics } = await answering(release, options, state);
  const server = httpServer(handler.listener);
  await listening.start(server);

  const loaded = load(release, options, { state, metrics }).then(listening.ready);
  await Promise.race([loaded, stopAsked]);
  await stopAsked;
  state.draining = true;
  say('Draining');
  await drain(server, { inProgress: handler.inProgress, idleMs: limits.idleMs, limitMs: limits.drainMs });
  await state.live?.log?.close();
  await state.live?.service.close();
  process.exit(0); // a thread may still be loading
}

interface State {
  live: Live | null;
  draining: boolean;
}

interface Answering {
  readonly handler: ReturnType<typeof requestHandler>;
  readonly metrics: ServingMetrics;
}

async function answering(release: Release, options: ServeOptions, state: State): Promise<Answering> {
  const { name: model, version } = identityOf(release);
  const { project, service, digest } = release;
  const isReady = (): boolean => state.live !== null && !state.draining;
  const served = { project, service, release: digest, model, version, flavor: release.model.flavor };
  const metrics: ServingMetrics = servingMetrics(served, {
    inProgress: () => handler.inProgress(),
    waiting: () => state.live?.queue.waiting() ?? 0,
    logged: () => state.live?.log?.counts() ?? null,
    ready: isReady,
    freshness: async () => state.live?.service.freshness() ?? [],
  });
  const endpoints = servingEndpoints({
    model,
    version,
    serverVersion: await ownVersion(),
    bodyLimit: options.bodyLimit,
    workers: options.workers,
    metrics,
    live: () => state.live,
    isReady,
    now: Date.now,
  });
  const handler = requestHandler(endpoints, {
    bodyLimit: options.bodyLimit,
    bodiesLimit: limits.bodies * options.bodyLimit,
    requestLimit: options.queueLimit + 4 * limits.batchRequests,
    isDraining: () => state.draining,
    onRequest: metrics.onRequest,
    log: say,
  });
  return { handler, metrics };
}

async function load(
  release: Release,
  options: ServeOptions,
  { state, metrics }: { readonly state: State; readonly metrics: ServingMetrics },
): Promise<void> {
  const { workers, online, rowLimit, queueLimit, trustedKeys } = options;
  if (trustedKeys !== null) await requireSigned(options.release, trustedKeys);
  const python = options.python ?? release.interpreter ?? 'python3';
  const onRestart = (): void => {
    say('The process of the model ended and is started again');
    metrics.onRestart();
  };
  const service = await openService({ release, python, workers, online, rowLimit, onRestart, log: say });
  const queue = batchQueue(service.runners, { requests: limits.batchRequests, rows: limits.batchRows, waiting: queueLimit }, metrics);
  const log = options.log === null ? null : openLog(release, service, options.log, say);
  state.live = { service, queue, log };
  say(`Ready: release ${release.digest}`);
}

/** A second signal ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (): void => {
      if (asked) process.exit(1);
      asked = true;
      resolve();
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}

/** Whoever reads what this process says may be killed, a supervisor for instance: what was taken is answered and logged all the same. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

/** A line on stderr, with the time. */
function say(text: string): void {
  process.stderr.write(`${new Date().toISOString()} ${text}\n`);
}

async function ownVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const parsed = shape.parse(shape.object({ version: shape.required(shape.text()) }, { open: true }), JSON.parse(text));
  return parsed.ok ? parsed.value.version : 'unknown';
}
