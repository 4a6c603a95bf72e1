const anyDepth = '**';

/**
 * Whether two paths or patterns of the project can mean the same file. A path without pattern signs means the file and, should it
 * be a folder, everything below it. Decides by the texts alone, in time proportional to the product of their lengths; `[…]` and
 * `{…}` count as if they matched anything.
 */
export function canOverlap(one: string, other: string): boolean {
  return meet(segmentsOf(one), segmentsOf(other), { isStar: (segment) => segment === anyDepth, same: namesMeet });
}

/** Whether the text has signs that mean something in a pattern. */
export function isPattern(text: string): boolean {
  return /[*?[\]{}]/.test(text);
}

function segmentsOf(pattern: string): readonly string[] {
  const segments = pattern.split('/').filter((segment) => segment !== '' && segment !== '.');
  return isPattern(pattern) ? segments : [...segments, anyDepth];
}

function namesMeet(one: string, other: string): boolean {
  const signs = (name: string): readonly string[] => [...name.replaceAll(/\[[^\]]*\]/g, '?').replaceAll(/\{[^}]*\}/g, '*')];
  return meet(signs(one), signs(other), { isStar: (sign) => sign === '*', same: (a, b) => a === b || a === '?' || b === '?' });
}

interface Alphabet {
  /** Stands for any number of parts, none as well. */
  readonly isStar: (part: string) => boolean;
  readonly same: (one: string, other: string) => boolean;
}

/** Whether some text matches both sequences; row by row from their ends, so that no pattern makes it slow. */
function meet(one: readonly string[], other: readonly string[], { isStar, same }: Alphabet): boolean {
  let below: readonly boolean[] = [];
  for (let i = one.length; i >= 0; i -= 1) {
    const row: boolean[] = [];
    for (let j = other.length; j >= 0; j -= 1) {
      const [a, b] = [one[i], other[j]];
      if (a === undefined && b === undefined) row[j] = true;
      else if (a !== undefined && isStar(a)) row[j] = below[j] === true || row[j + 1] === true;
      else if (b !== undefined && isStar(b)) row[j] = row[j + 1] === true || below[j] === true;
      else row[j] = a !== undefined && b !== undefined && same(a, b) && below[j + 1] === true;
    }
    below = row;
  }
  return below[0] === true;
}
