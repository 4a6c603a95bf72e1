import type { TestReport } from '@tidegate/formats';
import type { HttpClient } from '../../platform/index.ts';
import type { ApiTest } from '../api-tests/api-test.ts';
import { requestOf } from '../api-tests/run-api-tests.ts';
import { quantileBounds, type QuantileBounds, valuesNeeded } from './quantile-bounds.ts';

export interface LatencyRequest {
  readonly tests: readonly ApiTest[];
  readonly report: TestReport;
  readonly address: string;
  readonly http: HttpClient;
  readonly confidence: number;
  readonly signal: AbortSignal;
}

/** Latency of one kind of request, sent one after another over one connection, in milliseconds. */
export interface Latency {
  /** The API test whose request was sent. */
  readonly test: string;
  readonly requests: number;
  /** Requests that an upper bound of the 99th percentile needs. */
  readonly needed: number;
  readonly p50: number;
  readonly p99: QuantileBounds;
}

const warmUps = 50;
const wanted = 1_000;
const enoughMs = 5_000;
const mostMs = 30_000;

/**
 * Measures with the request of the first API test that posts something, expects 200 and has passed: about 1,000 requests, fewer
 * when they take long. @returns why it was not measured, as a sentence, when no test is fit or a request failed
 */
export async function measureLatency(options: LatencyRequest): Promise<Latency | string> {
  const { tests, report, confidence } = options;
  const passed = new Set(report.cases.filter(({ outcome }) => outcome === 'passed').map(({ name }) => name));
  const test = tests.find(({ name, request, expect }) => request.method === 'POST' && isOk(expect.status) && passed.has(name));
  if (test === undefined) return 'no API test posts a request, expects the status 200 and passes';
  const needed = valuesNeeded({ quantile: 0.99, confidence });
  const times = await sendMany(test, { ...options, needed });
  if (typeof times === 'string') return times;
  const p50 = quantileBounds(times, { quantile: 0.5, confidence }).estimate;
  return { test: test.name, requests: times.length, needed, p50, p99: quantileBounds(times, { quantile: 0.99, confidence }) };
}

function isOk(status: ApiTest['expect']['status']): boolean {
  return status.kind === 'equals' && status.value === 200;
}

async function sendMany(test: ApiTest, options: LatencyRequest & { readonly needed: number }): Promise<readonly number[] | string> {
  const { http, signal, needed } = options;
  const request = requestOf(test, options);
  const times: number[] = [];
  const begun = performance.now();
  for (let sent = 0; times.length < Math.max(wanted, needed); sent++) {
    signal.throwIfAborted();
    const before = performance.now();
    const answer = await http.send(request).catch((error: Error) => error);
    if (answer instanceof Error) return `request ${sent + 1} of "${test.name}" failed: ${answer.message}`;
    if (answer.status !== 200) return `request ${sent + 1} of "${test.name}" was answered with ${answer.status}`;
    if (sent >= warmUps) times.push(performance.now() - before);
    const passedMs = performance.now() - begun;
    if (times.length > 0 && (passedMs > mostMs || (passedMs > enoughMs && times.length >= needed))) break;
  }
  return times;
}
