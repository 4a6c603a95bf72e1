import { durationBuckets } from '@tidegate/formats';
import type { FeatureStatus } from '@tidegate/runtime';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { BatchReport } from './batch-queue.ts';
import type { ViewAges } from '../predict/feature-cells.ts';
import { featureMetrics } from './feature-metrics.ts';
import { foreignMetrics } from './foreign-metrics.ts';
import type { LiveState, PredictionTimes, RequestReport, ServedRelease } from './reports.ts';

/** What the server counts. Every method is cheap enough for each request. */
export interface ServingMetrics {
  readonly onRequest: (report: RequestReport) => void;
  readonly onPrediction: (times: PredictionTimes) => void;
  readonly onWaited: (milliseconds: number) => void;
  readonly onBatch: (report: BatchReport) => void;
  readonly onRejected: () => void;
  readonly onLookUp: (counts: ReadonlyMap<FeatureStatus, number>, ages: ViewAges | null) => void;
  readonly onRestart: () => void;
  /** The Prometheus text format. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
}

/**
 * Our own metrics (`tidegate_…`), those of the process, and the names that dashboards for KServe and Triton read.
 * Reference: docs/reference/serving-api.md.
 */
export function servingMetrics(served: ServedRelease, live: LiveState): ServingMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  new Gauge({
    name: 'tidegate_release_info',
    help: 'The release that is served; always 1',
    labelNames: Object.keys(served),
    registers,
  }).set({ ...served }, 1);
  liveGauge(registry, { name: 'tidegate_ready', help: 'Whether predictions are answered' }, () => (live.ready() ? 1 : 0));
  liveGauge(registry, { name: 'tidegate_requests_in_progress', help: 'Requests that are not answered yet' }, live.inProgress);
  liveGauge(registry, { name: 'tidegate_requests_waiting', help: 'Requests that wait for the model' }, live.waiting);

  const requests = new Counter({
    name: 'tidegate_requests_total',
    help: 'Requests answered, by endpoint and HTTP status',
    labelNames: ['endpoint', 'code'],
    registers,
  });
  const duration = new Histogram({
    name: 'tidegate_request_duration_seconds',
    help: 'From the first byte of the headers to the answer',
    labelNames: ['endpoint'],
    buckets: [...durationBuckets],
    registers,
  });
  const batchRequests = new Histogram({
    name: 'tidegate_batch_requests',
    help: 'Requests predicted in one go',
    buckets: [1, 2, 4, 8, 12, 16],
    registers,
  });
  const batchRows = new Histogram({
    name: 'tidegate_batch_rows',
    help: 'Rows predicted in one go',
    buckets: [1, 4, 16, 64, 256, 1024, 4096, 16384],
    registers,
  });
  const queue = new Histogram({
    name: 'tidegate_queue_seconds',
    help: 'Time a request waited for the model',
    buckets: [...durationBuckets],
    registers,
  });
  const inference = new Histogram({
    name: 'tidegate_inference_seconds',
    help: 'Time the model took for a batch',
    buckets: [...durationBuckets],
    registers,
  });
  const lookUps = new Counter({
    name: 'tidegate_feature_lookups_total',
    help: 'Feature values looked up, by status',
    labelNames: ['status'],
    registers,
  });
  const restarts = new Counter({
    name: 'tidegate_model_restarts_total',
    help: 'Times the process or thread of the model was started again',
    registers,
  });
  logMetrics(registry, live.logged);
  startAtZero({ requests, duration, lookUps });
  const features = featureMetrics(registry, live.freshness);
  const foreign = foreignMetrics(registry, served, live);

  return {
    onRequest: ({ endpoint, code, seconds: took }) => {
      requests.inc({ endpoint, code });
      duration.observe({ endpoint }, took);
    },
    onPrediction: foreign.onPrediction,
    onWaited: (milliseconds) => {
      queue.observe(milliseconds / 1000);
      foreign.onWaited(milliseconds);
    },
    onBatch: (report) => {
      batchRequests.observe(report.requests);
      batchRows.observe(report.rows);
      if (report.failed === 0) inference.observe(report.inferenceMs / 1000);
      foreign.onBatch(report);
    },
    onRejected: foreign.onRejected,
    onLookUp: (counts, ages) => {
      counts.forEach((count, status) => lookUps.inc({ status }, count));
      if (ages !== null) features.onAges(ages);
    },
    onRestart: () => restarts.inc(),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function liveGauge(registry: Registry, { name, help }: { readonly name: string; readonly help: string }, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

function logMetrics(registry: Registry, logged: LiveState['logged']): void {
  new Counter({
    name: 'tidegate_prediction_log_rows_total',
    help: 'Rows of the prediction log: written, or dropped because it could not keep up or write',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      this.reset();
      const { written, dropped } = logged() ?? { written: 0, dropped: 0 };
      this.inc({ outcome: 'written' }, written);
      this.inc({ outcome: 'dropped' }, dropped);
    },
  });
  liveGauge(registry, { name: 'tidegate_prediction_log_waiting_rows', help: 'Rows that wait to be logged' }, () => logged()?.waiting ?? 0);
}

interface Counted {
  readonly requests: Counter<'endpoint' | 'code'>;
  readonly duration: Histogram<'endpoint'>;
  readonly lookUps: Counter<'status'>;
}

/** To Prometheus a series that begins at 1 has not increased: without a 0 before it the first fault of a server would be overlooked. */
function startAtZero({ requests, duration, lookUps }: Counted): void {
  for (const endpoint of ['predict', 'infer']) {
    for (const code of [200, 500, 503]) requests.inc({ endpoint, code }, 0);
    duration.zero({ endpoint });
  }
  const statuses: readonly FeatureStatus[] = ['PRESENT', 'NULL_VALUE', 'NOT_FOUND', 'OUTSIDE_MAX_AGE'];
  for (const status of statuses) lookUps.inc({ status }, 0);
}
