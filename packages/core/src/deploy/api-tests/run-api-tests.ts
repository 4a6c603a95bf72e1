import type { Json, TestCase, TestReport } from '@tidegate/formats';
import type { HttpAnswer, HttpRequest } from '../../platform/index.ts';
import type { ApiTest } from './api-test.ts';
import { differences } from './differences.ts';

export interface RunApiTestsOptions {
  /** Base URL. */
  readonly address: string;
  readonly suite: string;
  readonly send: (request: HttpRequest) => Promise<HttpAnswer>;
  readonly signal: AbortSignal;
}

const timeoutMs = 10_000;
const mostDifferences = 10;

/** The test that every service passes, whatever a project tests besides. */
const health: ApiTest = {
  name: 'the service is ready',
  request: { method: 'GET', path: '/v2/health/ready' },
  expect: { status: { kind: 'equals', value: 200 } },
};

/** Sends the requests one after another, `the service is ready` first. A request that fails is a failed case; aborting throws. */
export async function runApiTests(tests: readonly ApiTest[], options: RunApiTestsOptions): Promise<TestReport> {
  const cases: TestCase[] = [];
  for (const one of [health, ...tests]) {
    options.signal.throwIfAborted();
    const started = performance.now();
    const problems = await problemsOf(one, options);
    const outcome = problems.length === 0 ? 'passed' : 'failed';
    cases.push({ name: one.name, outcome, durationMs: performance.now() - started, message: problems.join('\n') });
  }
  const count = (outcome: TestCase['outcome']): number => cases.filter((one) => one.outcome === outcome).length;
  return { format: 'tidegate.test-report/1', suite: options.suite, cases, passed: count('passed'), failed: count('failed'), skipped: 0 };
}

/** The request of a test as it is sent: a body that is no text is sent as JSON. */
export function requestOf({ request }: ApiTest, { address, signal }: Pick<RunApiTestsOptions, 'address' | 'signal'>): HttpRequest {
  const { method, path, headers = {}, body } = request;
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const isJson = type === undefined || /\bjson\b/i.test(type);
  return {
    url: `${address}${path}`,
    method,
    headers: { ...(body !== undefined && type === undefined && { 'content-type': 'application/json' }), ...headers },
    body: body === undefined ? null : typeof body === 'string' && !isJson ? body : JSON.stringify(body),
    timeoutMs,
    signal,
  };
}

async function problemsOf(one: ApiTest, options: RunApiTestsOptions): Promise<readonly string[]> {
  let answer: HttpAnswer;
  try {
    answer = await options.send(requestOf(one, options));
  } catch (error) {
    options.signal.throwIfAborted();
    return [`the request failed: ${error instanceof Error ? error.message : String(error)}`];
  }
  const { status, headers = {}, body } = one.expect;
  const wrongStatus = differences(status, answer.status, 'status');
  const all = [
    ...wrongStatus.map((line) => `${line}; the answer: ${answer.body.slice(0, 300)}`),
    ...Object.entries(headers).flatMap(([name, wanted]) =>
      differences(wanted, answer.headers[name.toLowerCase()], `header "${name.toLowerCase()}"`),
    ),
    ...(body === undefined || wrongStatus.length > 0 ? [] : differences(body, bodyOf(answer), 'body')),
  ];
  return all.length <= mostDifferences ? all : [...all.slice(0, mostDifferences), `and ${all.length - mostDifferences} more`];
}

/** A body that says it is JSON, or has no type and is JSON, as its value; any other as text. */
function bodyOf({ headers, body }: HttpAnswer): Json {
  const type = headers['content-type'];
  if (type !== undefined && !/\bjson\b/i.test(type)) return body;
  try {
    return JSON.parse(body) as Json;
  } catch {
    return body;
  }
}
