/**
 * The name of a file as it can be shown: control characters, among them those that move the cursor or recolour a terminal, and those that turn the direction of
 * writing, are escaped as in a shell's `$'…'`. Two names that differ are shown differently.
 */
export function shownName(name: string): string {
  const isHarmless = !/[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/.test(name);
  if (isHarmless) return name;
  const escaped = name.replace(/[\\'\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    if (character === '\\' || character === "'") return `\\${character}`;
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `$'${escaped}'`;
}
