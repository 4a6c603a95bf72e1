import { canonicalJson, type DeploymentTests, type Digest, recordJson, type TestReport } from '@tidegate/formats';
import { digestOfBytes } from '../platform/index.ts';
import type { ApiTest } from './api-tests/api-test.ts';

/** Cases and characters of a message that a line of the history keeps. */
const mostCases = 100;
const longestMessage = 1_000;

/** What a line of the history keeps of the API tests at the address: the worst cases first. */
export function keptTests({ cases, passed, failed }: TestReport, tests: readonly ApiTest[]): DeploymentTests {
  const worstFirst = cases.toSorted((a, b) => Number(b.outcome === 'failed') - Number(a.outcome === 'failed'));
  const kept = worstFirst.slice(0, mostCases).map((one) => ({ ...one, message: one.message.slice(0, longestMessage) }));
  return { passed, failed, cases: kept, of: digestOfTests(tests) };
}

/** Stands for the requests and what is expected of them. */
export function digestOfTests(tests: readonly ApiTest[]): Digest {
  return digestOfBytes(canonicalJson(recordJson(tests)));
}
