/**
 * Finds the class that a label means: by its text, or where tools write the same label otherwise (`true` and `1`, `2` and `2.0`),
 * by what it stands for.
 *
 * @returns a function that gives the index of the class, -1 when there is none
 */
export function classIndex(classes: readonly string[]): (label: string) => number {
  const known = new Map<string, number>();
  classes.forEach((name, index) => known.set(plain(name), index));
  classes.forEach((name, index) => known.set(name, index)); // the exact text wins
  return (label) => known.get(label) ?? known.get(plain(label)) ?? -1;
}

function plain(label: string): string {
  const text = label.trim().toLowerCase();
  if (text === 'true') return '1';
  if (text === 'false') return '0';
  return text !== '' && Number.isFinite(Number(text)) ? String(Number(text)) : text;
}
