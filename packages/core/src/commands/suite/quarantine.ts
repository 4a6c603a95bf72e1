import type { Json, TestCase } from '@tidegate/formats';
import type { QuarantinedTest } from '../../config/index.ts';

/** A node's setting `quarantine`, as `testCommandNodes` wrote it. */
export function quarantineOf(setting: Json | undefined): readonly QuarantinedTest[] {
  return Array.isArray(setting) ? (setting as unknown as readonly QuarantinedTest[]) : [];
}

/** What is in quarantine at a moment (ms since 1970): the last day counts to its end, UTC. */
export function activeAt(quarantine: readonly QuarantinedTest[], now: number): readonly QuarantinedTest[] {
  const today = new Date(now).toISOString().slice(0, 10);
  return quarantine.filter(({ until }) => today <= until);
}

/** The cases, with those that are in quarantine marked by the first entry that names them. */
export function withQuarantine(cases: readonly TestCase[], active: readonly QuarantinedTest[]): readonly TestCase[] {
  const rules = active.map(({ test, owner, until }) => ({ matches: matcherOf(test), owner, until }));
  return cases.map((one) => {
    const rule = rules.find(({ matches }) => matches(one.name));
    return rule === undefined ? one : { ...one, quarantine: { owner: rule.owner, until: rule.until } };
  });
}

/** Entries that name no case: the test is gone, or is called otherwise. */
export function idleEntries(cases: readonly TestCase[], quarantine: readonly QuarantinedTest[]): readonly QuarantinedTest[] {
  return quarantine.filter(({ test }) => {
    const matches = matcherOf(test);
    return !cases.some(({ name }) => matches(name));
  });
}

/** Without a regular expression: names of tests hold any sign, and several `*` would make one slow. */
function matcherOf(pattern: string): (name: string) => boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return (name) => name === pattern;
  return (name) => {
    if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
    let at = first.length;
    for (const part of rest) {
      const found = name.indexOf(part, at);
      if (found < 0 || found + part.length > name.length - last.length) return false;
      at = found + part.length;
    }
    return true;
  };
}
