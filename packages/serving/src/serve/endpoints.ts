import { failure, type TidegateError } from '@tidegate/formats';
import type { Endpoint, Endpoints, Posted } from '../http/endpoint.ts';
import { parseBody } from '../http/json-body.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import { jsonRows } from '../invocations/json-rows.ts';
import { acceptedMedia } from '../invocations/media-type.ts';
import { readInvocation, takesInvocation } from '../invocations/read-invocation.ts';
import { type PredictionIds, predictionIds } from '../log/prediction-id.ts';
import type { PredictionLog } from '../log/prediction-log.ts';
import type { Answer, Feed } from '../model/tensor.ts';
import { serverMetadata } from '../oip/metadata.ts';
import type { GatheredCells } from '../predict/feature-cells.ts';
import type { RequestRows } from '../predict/read-rows.ts';
import type { InferRequest } from '../oip/read-infer-request.ts';
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
  /** Bytes of one body. */
  readonly bodyLimit: number;
  /** Threads or processes with a copy of the model each. */
  readonly workers: number;
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
  const infer: Endpoint = { name: 'infer', binary: true, post: (posted) => answerInfer(posted, options) };
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
    ...kserveEndpoints(options, idAt),
    ...invocationEndpoints(options, idAt),
    ['/metrics', { name: 'metrics', get: async () => ({ status: 200, type: metrics.contentType, body: await metrics.text() }) }],
  ]);
}

/** KServe's first protocol (kserve.github.io, "V1 Inference Protocol"), which is that of TensorFlow Serving. */
function kserveEndpoints(options: EndpointOptions, idAt: PredictionIds): readonly (readonly [string, Endpoint])[] {
  const { model } = options;
  const list = JSON.stringify({ models: [model] });
  return [
    ['/v1/models', { name: 'models', get: () => jsonReply(list) }],
    [`/v1/models/${model}`, { name: 'model-ready', get: () => readiness(options, { name: model, ready: options.isReady() }) }],
    [`/v1/models/${model}:predict`, { name: 'kserve-predict', post: (posted) => answerInstances(posted, options, idAt) }],
  ];
}

/** What SageMaker asks a container ("Use Your Own Inference Code with Hosting Services" and "… with Batch Transform"), and MLflow's scoring server. */
function invocationEndpoints(options: EndpointOptions, idAt: PredictionIds): readonly (readonly [string, Endpoint])[] {
  const { serverVersion } = options;
  const ping: Endpoint = {
    name: 'ping',
    get: () => ({ status: options.isReady() ? 200 : 503, type: 'text/plain; charset=utf-8', body: '\n' }),
  };
  const megabytes = Math.max(1, Math.floor(options.bodyLimit / (1 << 20)));
  const parameters = JSON.stringify({ MaxConcurrentTransforms: options.workers, BatchStrategy: 'MULTI_RECORD', MaxPayloadInMB: megabytes });
  return [
    ['/ping', ping],
    ['/health', ping],
    ['/version', { name: 'version', get: () => ({ status: 200, type: 'text/plain; charset=utf-8', body: serverVersion }) }],
    ['/execution-parameters', { name: 'execution-parameters', get: () => jsonReply(parameters) }],
    ['/invocations', { name: 'invocations', takes: takesInvocation, post: (posted) => answerInvocation(posted, options, idAt) }],
  ];
}

function readiness(options: EndpointOptions, body: object): Reply {
  return jsonReply(JSON.stringify(body), options.isReady() ? 200 : 503);
}

function liveOf({ live }: EndpointOptions): Live {
  const found = live();
  if (found !== null) return found;
  throw failure('TG-SERVING-NOT-READY', 'Cannot predict: the model is still being loaded', 'Wait until "GET /v2/health/ready" answers 200');
}

async function answerInfer({ bytes, type, jsonBytes, isGone }: Posted, options: EndpointOptions): Promise<Reply> {
  const started = performance.now();
  const { service, queue } = liveOf(options);
  const request = readTensors(service, bytes, jsonBytes);
  const isSagemaker = type?.startsWith('application/vnd.sagemaker-triton') === true;
  return answerWith({ started, queue, feed: request.feed, isGone, metrics: options.metrics }, (answer) =>
    service.writeInfer(request, answer, isSagemaker),
  );
}

/** JSON, or JSON and binary tensors behind it; no JSON at all is the bytes of one row of the only input. */
function readTensors(service: ModelService, bytes: Buffer, jsonBytes: number | null): InferRequest {
  if (jsonBytes === null) return service.readInfer(parseBody(bytes), null);
  if (jsonBytes === 0) return service.readRaw(bytes);
  if (jsonBytes <= bytes.length) return service.readInfer(parseBody(bytes.subarray(0, jsonBytes)), bytes.subarray(jsonBytes));
  throw failure(
    'TG-SERVING-SHAPE',
    `Cannot use the body: ${jsonBytes} bytes of JSON are named, and it has ${bytes.length}`,
    'Send the number of bytes before the first tensor in "Inference-Header-Content-Length"',
  );
}

async function answerPredict({ bytes, isGone }: Posted, options: EndpointOptions, idAt: PredictionIds): Promise<Reply> {
  const started = performance.now();
  const { service } = liveOf(options);
  return answerRows(service.readRows(parseBody(bytes)), { options, idAt, isGone, started }, ({ answer, absent, ages, ids }) =>
    jsonReply(service.writePredictions(answer, { absent, ages, ids })),
  );
}

/** `POST /invocations` of SageMaker and MLflow: any form of rows, and the values alone in the form that is asked for. */
async function answerInvocation(posted: Posted, options: EndpointOptions, idAt: PredictionIds): Promise<Reply> {
  const started = performance.now();
  const { service } = liveOf(options);
  const rows = service.readRows(readInvocation(posted, service));
  const media = acceptedMedia(posted.accept);
  return answerRows(rows, { options, idAt, isGone: posted.isGone, started }, ({ answer }) => service.writeValues(answer, media));
}

/** `POST /v1/models/NAME:predict` of KServe's first protocol. */
async function answerInstances({ bytes, isGone }: Posted, options: EndpointOptions, idAt: PredictionIds): Promise<Reply> {
  const started = performance.now();
  const { service } = liveOf(options);
  const names = service.fields.map(({ name }) => name);
  const rows = service.readRows(jsonRows(parseBody(bytes), { names, rowLimit: service.rowLimit }));
  return answerRows(rows, { options, idAt, isGone, started }, ({ answer }) => service.writeValues(answer, 'json'));
}

interface RowsCall {
  readonly options: EndpointOptions;
  readonly idAt: PredictionIds;
  readonly isGone: () => boolean;
  /** When its body was there, by the clock of the process. */
  readonly started: number;
}

interface AnsweredRows extends Pick<GatheredCells, 'absent' | 'ages'> {
  readonly answer: Answer;
  readonly ids: readonly string[];
}

/** Looks features up, predicts, logs and writes: the same for every protocol that sends rows. */
async function answerRows(
  request: RequestRows,
  { options, idAt, isGone, started }: RowsCall,
  write: (answered: AnsweredRows) => Reply,
): Promise<Reply> {
  const { service, queue, log } = liveOf(options);
  const nowMs = options.now();
  const { cells, absent, ages, counts } = await service.gather(request, nowMs);
  options.metrics.onLookUp(counts, ages);
  const feed = service.binding.feed(cells, request.rows.length);
  return answerWith({ started, queue, feed, isGone, metrics: options.metrics }, (answer) => {
    const answeredMs = options.now();
    const ids = request.rows.map(() => idAt(answeredMs));
    const reply = write({ answer, absent, ages, ids });
    log?.take({ ids, atMs: request.atMs ?? nowMs, answeredMs, rows: request.rows, cells, absent, answer });
    return reply;
  });
}

interface Submission {
  readonly started: number;
  readonly queue: BatchQueue;
  readonly feed: Feed;
  readonly isGone: () => boolean;
  readonly metrics: ServingMetrics;
}

async function answerWith({ started, queue, feed, isGone, metrics }: Submission, write: (answer: Answer) => Reply): Promise<Reply> {
  const submitted = performance.now();
  const answer = await queue.submit(feed, isGone).catch((error: TidegateError) => {
    if (error.message.startsWith('TG-SERVING-OVERLOADED')) metrics.onRejected();
    throw error;
  });
  const predicted = performance.now();
  const reply = write(answer);
  const written = performance.now();
  metrics.onPrediction({
    before: (submitted - started) / 1000,
    predict: (predicted - submitted) / 1000,
    after: (written - predicted) / 1000,
  });
  return reply;
}
