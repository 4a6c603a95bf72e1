import type { Json, Spread } from '@tidegate/formats';

interface Pair {
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/**
 * How far apart the numbers of two JSON values are.
 *
 * @returns null when anything but a number differs, or nothing does
 */
export function spreadOf(before: Json, after: Json): Spread | null {
  let widest: Omit<Spread, 'numbers'> | null = null;
  let numbers = 0;
  const pairs: Pair[] = [{ path: '', before, after }];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const { path, before: was, after: is } = pair;
    if (was === is) continue;
    if (typeof was === 'number' && typeof is === 'number') {
      const relative = Math.abs(is - was) / Math.max(Math.abs(is), Math.abs(was));
      numbers += 1;
      if (widest === null || relative > widest.relative) widest = { path, before: was, after: is, relative };
      continue;
    }
    const members = membersOf(pair);
    if (members === null) return null;
    pairs.push(...members);
  }
  return widest && { ...widest, numbers };
}

/** The members of two mappings or lists, one beside the other; null when they have not the same ones. */
function membersOf({ path, before, after }: Pair): readonly Pair[] | null {
  if (!isStructure(before) || !isStructure(after) || Array.isArray(before) !== Array.isArray(after)) return null;
  const [was, is] = [Object.entries(before), new Map(Object.entries(after))];
  if (was.length !== is.size || was.some(([name]) => !is.has(name))) return null;
  return was.map(([name, value]) => ({ path: path === '' ? name : `${path}.${name}`, before: value, after: is.get(name) }));
}

function isStructure(value: Json | undefined): value is readonly Json[] | { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null;
}
