import type { TestCase } from '@tidegate/formats';

/**
 * Several tries of one suite on the same as one list of cases, in the order in which they were first seen. A case that failed in one try and passed in
 * another is flaky, with the message of its first failure; one that a try left out, as after a crash, counts by those that had it.
 */
export function mergeTries(tries: readonly (readonly TestCase[])[]): readonly TestCase[] {
  const [only, ...more] = tries;
  if (only === undefined || more.length === 0) return only ?? [];
  const seen = new Map<string, TestCase[]>();
  for (const cases of tries) for (const one of withOwnNames(cases)) seen.set(one.key, [...(seen.get(one.key) ?? []), one.case]);
  return [...seen.values()].map(mergeCase);
}

/** Whether another try may still tell: a case failed in every try so far that had it. */
export function hasSteadyFailure(tries: readonly (readonly TestCase[])[]): boolean {
  return mergeTries(tries).some(({ outcome }) => outcome === 'failed');
}

function mergeCase(tries: readonly TestCase[]): TestCase {
  const failed = tries.find(({ outcome }) => outcome === 'failed');
  const flaky = tries.find(({ outcome }) => outcome === 'flaky');
  const passed = tries.find(({ outcome }) => outcome === 'passed');
  const [first] = tries;
  const told = failed ?? flaky ?? passed ?? first;
  if (told === undefined) throw new Error('A case was seen in no try; please report this');
  if (flaky === undefined && (failed === undefined || passed === undefined)) return told;
  const failures = tries.filter(({ outcome }) => outcome === 'failed').length;
  const words = failures === 0 ? '' : `Failed in ${failures} of ${tries.length} tries on the same\n`;
  return { ...told, outcome: 'flaky', message: `${words}${told.message}`.trim() };
}

/** Some runners give several cases one name: the second of them in one try is the second in another. */
function withOwnNames(cases: readonly TestCase[]): readonly { readonly key: string; readonly case: TestCase }[] {
  const counts = new Map<string, number>();
  return cases.map((one) => {
    const count = (counts.get(one.name) ?? 0) + 1;
    counts.set(one.name, count);
    return { key: `${count} ${one.name}`, case: one };
  });
}
