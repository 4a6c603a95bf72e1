import type { TestCase, TestSelection } from '@tidegate/formats';
import type { KnownTests } from './known-tests.ts';
import type { ToldTests } from './selection-folder.ts';

/** The cases of tests that were left out, as the run found them that ran them last. */
export function leftOutCases({ run, report, offered }: KnownTests, { left }: ToldTests): readonly TestCase[] {
  const names = new Set([...left].flatMap((id) => offered[id]?.name ?? []));
  return report.cases.filter(({ name }) => names.has(name)).map((one) => ({ ...one, reused: one.reused ?? run }));
}

/** How many tests were left out, and why the others ran: the commonest reason first. */
export function selectionOf({ run }: KnownTests, { left, ran }: ToldTests): TestSelection {
  const counts = new Map<string, number>();
  for (const why of ran.values()) counts.set(why, (counts.get(why) ?? 0) + 1);
  const reasons = [...counts].map(([why, tests]) => ({ why, tests })).toSorted((a, b) => b.tests - a.tests);
  return { from: run, left: left.size, reasons };
}
