/** Numbers in [0, 1) that a seed decides (mulberry32). */
export function randomOf(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What a mutation puts in the place of what. */
const swaps: readonly (readonly [RegExp, string])[] = [
  [/\b\d+\b/g, '9'],
  [/ \+ /g, ' - '],
  [/ \* /g, ' + '],
  [/ == /g, ' != '],
  [/ is None/g, ' is not None'],
  [/\breturn (?!None).+/g, 'return None'],
  [/"[a-z ]+"/g, '"zz"'],
  [/ > /g, ' < '],
  [/\bmin\(/g, 'max('],
];

/** The text with one place of it changed, as the random numbers choose; the text itself when no place fits. */
export function mutated(text: string, random: () => number): string {
  const places = swaps.flatMap(([pattern, by]) =>
    [...text.matchAll(pattern)].map((found) => ({ at: found.index, length: found[0].length, by })),
  );
  const place = places[Math.floor(random() * places.length)];
  return place === undefined ? text : text.slice(0, place.at) + place.by + text.slice(place.at + place.length);
}
