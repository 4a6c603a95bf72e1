import type { Json, TestReport } from '@tidegate/formats';
import type { HttpClient } from '../../platform/index.ts';
import type { ApiTest } from '../api-tests/api-test.ts';
import { requestOf } from '../api-tests/run-api-tests.ts';

/** What is sent to measure the latency. */
export interface TimedRequest {
  readonly test: ApiTest;
  /** Rows of a request; null: as the API test has them. */
  readonly batch: number | null;
}

/**
 * The request of the first API test that posts something, expects 200 and has passed. With a `batch` its rows are repeated until there are so many.
 *
 * @returns why there is none, as a sentence
 */
export function timedRequest(
  tests: readonly ApiTest[],
  { report, batch }: { readonly report: TestReport; readonly batch: number | null },
): TimedRequest | string {
  const passed = new Set(report.cases.filter(({ outcome }) => outcome === 'passed').map(({ name }) => name));
  const fit = tests.filter(({ name, request, expect }) => request.method === 'POST' && isOk(expect.status) && passed.has(name));
  const [first] = fit;
  if (first === undefined) return 'no API test posts a request, expects the status 200 and passes';
  if (batch === null) return { test: first, batch };
  const withRows = fit.find(({ request }) => rowsOf(request.body) !== null);
  if (withRows === undefined) return `no API test posts "rows", which could be repeated for a batch of ${batch}`;
  return { test: withBatch(withRows, batch), batch };
}

function isOk(status: ApiTest['expect']['status']): boolean {
  return status.kind === 'equals' && status.value === 200;
}

/** Null for a body that is no object with rows. */
function rowsOf(body: Json | undefined): readonly Json[] | null {
  if (typeof body !== 'object' || body === null || !('rows' in body)) return null;
  const { rows } = body;
  return Array.isArray(rows) && rows.length > 0 ? rows : null;
}

function withBatch(test: ApiTest, batch: number): ApiTest {
  const rows = rowsOf(test.request.body) ?? [];
  const repeated = Array.from({ length: batch }, (_, index) => rows[index % rows.length] ?? null);
  return { ...test, request: { ...test.request, body: { ...Object(test.request.body), rows: repeated } as Json } };
}

export interface Sending {
  readonly address: string;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
}

/** Sends a request so many times, one after another. @returns milliseconds of each; why it failed, as a sentence, when one did */
export async function sendTimed(
  { test }: TimedRequest,
  times: number,
  { address, http, signal }: Sending,
): Promise<readonly number[] | string> {
  const request = requestOf(test, { address, signal });
  const taken: number[] = [];
  while (taken.length < times) {
    signal.throwIfAborted();
    const before = performance.now();
    const answer = await http.send(request).catch((error: Error) => error);
    if (answer instanceof Error) return `a request of "${test.name}" failed: ${answer.message}`;
    if (answer.status !== 200) return `a request of "${test.name}" was answered with ${answer.status}`;
    taken.push(performance.now() - before);
  }
  return taken;
}
