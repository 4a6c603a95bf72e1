import { failure, type TidegateError } from '@tidegate/formats';
import type { Endpoint, Endpoints, Posted } from '../http/endpoint.ts';
import { parseBody } from '../http/json-body.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import { type PredictionIds, predictionIds } from '../log/prediction-id.ts';
import type { PredictionLog } from '../log/prediction-log.ts';
import type { Answer, Feed } from '../model/tensor.ts';
import { serverMetadata } from '../oip/metadata.ts';
import type { BatchQueue } from './batch-queue.ts';
import type { ServingMetrics } from './metrics.ts';
import type { ModelService } from './model-service.ts';

/** A service that answers, with the queue in front of it. */
export interface Live {
  readonly service: ModelService;
  readonly queue: BatchQueue;
  /** Null where nothing is logged. */
  readonly log: PredictionLog | null;
}

export interface EndpointOptions {
  readonly model: string;
  readonly version: string;
  /** Of the server. */
  readonly serverVersion: string;
  readonly metrics: ServingMetrics;
  /** Null while the model is being loaded. */
  readonly live: () => Live | null;
  readonly isReady: () => boolean;
  /** Wall-clock time in milliseconds since 1970. */
  readonly now: () => number;
}

/** Every path of the server. Reference: docs/reference/serving-api.md. */
export function servingEndpoints(options: EndpointOptions): Endpoints {
  const { model, version, metrics } = options;
  const metadata: Endpoint = { name: 'model', get: () => jsonReply(liveOf(options).service.metadata) };
  const ready: Endpoint = { name: 'model-ready', get: () => readiness(options, { name: model, ready: options.isReady() }) };
  const infer: Endpoint = { name: 'infer', post: (posted) => answerInfer(posted, options) };
  const paths = [`/v2/models/${model}`, `/v2/models/${model}/versions/${version}`];
  const idAt = predictionIds();
  const server = serverMetadata(options.serverVersion);
  const list = JSON.stringify({ models: [model] });
  return new Map<string, Endpoint>([
    ['/v1/predict', { name: 'predict', post: (posted) => answerPredict(posted, options, idAt) }],
    ['/v2', { name: 'server', get: () => jsonReply(server) }],
    ['/v2/health/live', { name: 'live', get: () => jsonReply('{"live":true}') }],
    ['/v2/health/ready', { name: 'ready', get: () => readiness(options, { ready: options.isReady() }) }],
    ['/v2/models', { name: 'models', get: () => jsonReply(list) }],
    ...paths.flatMap((path): [string, Endpoint][] => [
      [path, metadata],
      [`${path}/ready`, ready],
      [`${path}/infer`, infer],
    ]),
    ['/metrics', { name: 'metrics', get: async () => ({ status: 200, type: metrics.contentType, body: await metrics.text() }) }],
  ]);
}

function readiness(options: EndpointOptions, body: object): Reply {
  return jsonReply(JSON.stringify(body), options.isReady() ? 200 : 503);
}

function liveOf({ live }: EndpointOptions): Live {
  const found = live();
  if (found !== null) return found;
  throw failure('TG-SERVING-NOT-READY', 'Cannot predict: the model is still being loaded', 'Wait until "GET /v2/health/ready" answers 200');
}

async function answerInfer({ bytes, isGone }: Posted, options: EndpointOptions): Promise<Reply> {
  const started = performance.now();
  const { service, queue } = liveOf(options);
  const request = service.readInfer(parseBody(bytes));
  return answerWith({ started, queue, feed: request.feed, isGone, metrics: options.metrics }, (answer) =>
    service.writeInfer(request, answer),
  );
}

async function answerPredict({ bytes, isGone }: Posted, options: EndpointOptions, idAt: PredictionIds): Promise<Reply> {
  const started = performance.now();
  const { service, queue, log } = liveOf(options);
  const request = service.readRows(parseBody(bytes));
  const nowMs = options.now();
  const { cells, absent, ages, counts } = await service.gather(request, nowMs);
  options.metrics.onLookUp(counts, ages);
  const feed = service.binding.feed(cells, request.rows.length);
  return answerWith({ started, queue, feed, isGone, metrics: options.metrics }, (answer) => {
    const answeredMs = options.now();
    const ids = request.rows.map(() => idAt(answeredMs));
    const text = service.writePredictions(answer, { absent, ages, ids });
    log?.take({ ids, atMs: request.atMs ?? nowMs, answeredMs, rows: request.rows, cells, absent, answer });
    return text;
  });
}

interface Submission {
  readonly started: number;
  readonly queue: BatchQueue;
  readonly feed: Feed;
  readonly isGone: () => boolean;
  readonly metrics: ServingMetrics;
}

async function answerWith({ started, queue, feed, isGone, metrics }: Submission, write: (answer: Answer) => string): Promise<Reply> {
  const submitted = performance.now();
  const answer = await queue.submit(feed, isGone).catch((error: TidegateError) => {
    if (error.message.startsWith('TG-SERVING-OVERLOADED')) metrics.onRejected();
    throw error;
  });
  const predicted = performance.now();
  const reply = jsonReply(write(answer));
  const written = performance.now();
  metrics.onPrediction({
    before: (submitted - started) / 1000,
    predict: (predicted - submitted) / 1000,
    after: (written - predicted) / 1000,
  });
  return reply;
}
