import { durationBuckets } from '@tidegate/formats';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { BatchReport } from './batch-queue.ts';
import type { LiveState, PredictionTimes, ServedRelease } from './reports.ts';

export interface ForeignMetrics {
  readonly onPrediction: (times: PredictionTimes) => void;
  readonly onWaited: (milliseconds: number) => void;
  readonly onBatch: (report: BatchReport) => void;
  readonly onRejected: () => void;
}

/** Sums in microseconds and counts, added up here and handed to the counters when Prometheus asks. */
interface Sums {
  success: number;
  rejected: number;
  failed: number;
  rows: number;
  batches: number;
  requestUs: number;
  queueUs: number;
  inputUs: number;
  inferUs: number;
  outputUs: number;
}

/** The names of KServe (`request_…_seconds`) and Triton (`nv_inference_…`), so that dashboards for them work. */
export function foreignMetrics(registry: Registry, served: ServedRelease, live: LiveState): ForeignMetrics {
  const sums: Sums = {
    success: 0,
    rejected: 0,
    failed: 0,
    rows: 0,
    batches: 0,
    requestUs: 0,
    queueUs: 0,
    inputUs: 0,
    inferUs: 0,
    outputUs: 0,
  };
  registerTriton(registry, served, { sums, live });
  const [before, predict, after] = ['preprocess', 'predict', 'postprocess'].map((part) =>
    kserveHistogram(registry, part).labels(served.model),
  );
  return {
    onPrediction: (times) => {
      before?.observe(times.before);
      predict?.observe(times.predict);
      after?.observe(times.after);
      sums.success++;
      sums.inputUs += times.before * 1e6;
      sums.outputUs += times.after * 1e6;
      sums.requestUs += (times.before + times.predict + times.after) * 1e6;
    },
    onWaited: (milliseconds) => {
      sums.queueUs += milliseconds * 1000;
    },
    onBatch: ({ requests, rows, inferenceMs, failed }) => {
      if (failed > 0) sums.failed += requests;
      else sums.rows += rows;
      sums.batches++;
      sums.inferUs += inferenceMs * 1000;
    },
    onRejected: () => {
      sums.rejected++;
    },
  };
}

function kserveHistogram(registry: Registry, part: string): Histogram<'model_name'> {
  return new Histogram({
    name: `request_${part}_seconds`,
    help: `KServe's name: time of ${part}`,
    labelNames: ['model_name'],
    buckets: [...durationBuckets],
    registers: [registry],
  });
}

function registerTriton(
  registry: Registry,
  { model, version }: ServedRelease,
  { sums, live }: { readonly sums: Sums; readonly live: LiveState },
): void {
  const labels = { model, version };
  const sum = (name: string, help: string, read: () => number): void => {
    new Counter({
      name,
      help: `Triton's name: ${help}`,
      labelNames: ['model', 'version'],
      registers: [registry],
      collect() {
        this.reset();
        this.inc(labels, read());
      },
    });
  };
  sum('nv_inference_request_success', 'predictions answered', () => sums.success);
  sum('nv_inference_count', 'rows predicted', () => sums.rows);
  sum('nv_inference_exec_count', 'batches run', () => sums.batches);
  sum('nv_inference_request_duration_us', 'microseconds of all predictions', () => Math.round(sums.requestUs));
  sum('nv_inference_queue_duration_us', 'microseconds they waited', () => Math.round(sums.queueUs));
  sum('nv_inference_compute_input_duration_us', 'microseconds of reading them', () => Math.round(sums.inputUs));
  sum('nv_inference_compute_infer_duration_us', 'microseconds of the model', () => Math.round(sums.inferUs));
  sum('nv_inference_compute_output_duration_us', 'microseconds of writing answers', () => Math.round(sums.outputUs));
  new Counter({
    name: 'nv_inference_request_failure',
    help: "Triton's name: predictions not made",
    labelNames: ['model', 'version', 'reason'],
    registers: [registry],
    collect() {
      this.reset();
      this.inc({ ...labels, reason: 'REJECTED' }, sums.rejected);
      this.inc({ ...labels, reason: 'BACKEND' }, sums.failed);
    },
  });
  new Gauge({
    name: 'nv_inference_pending_request_count',
    help: "Triton's name: requests that wait for the model",
    labelNames: ['model', 'version'],
    registers: [registry],
    collect() {
      this.set(labels, live.waiting());
    },
  });
}
