import { failure } from '@tidegate/formats';
import type { DebianPackage } from './packages-index.ts';

/** What a running system needs to install packages, and an image that is never changed does not. */
const notNeeded: ReadonlySet<string> = new Set([
  'awk',
  'openssl',
  'debconf',
  'debconf-2.0',
  'dpkg',
  'perl',
  'perl-base',
  'perl:any',
  'sensible-utils',
  'install-info',
  'mime-support',
]);

/**
 * These packages and all that they need, in the order of their names.
 *
 * @throws TG-IMAGE-PACKAGE for a name that the index does not have
 */
export function closeOver(wanted: readonly string[], index: ReadonlyMap<string, DebianPackage>): readonly DebianPackage[] {
  const providers = new Map([...index.values()].flatMap((one) => one.provides.map((name) => [name, one] as const)));
  const found = new Map<string, DebianPackage>();
  const waiting = [...wanted];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const one = index.get(name) ?? providers.get(name);
    if (one === undefined)
      throw failure(
        'TG-IMAGE-PACKAGE',
        `Cannot put a base together: the mirror has no package "${name}"`,
        'Correct the name, or name a mirror that has it',
      );
    if (found.has(one.name)) continue;
    found.set(one.name, one);
    waiting.push(...one.needs.filter((need) => !notNeeded.has(need)));
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
