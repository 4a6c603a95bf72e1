import { stripVTControlCharacters } from 'node:util';

/** Made when it is first needed: that takes as long as reading many a project. */
let segmenter: Intl.Segmenter | undefined;

/** East Asian Wide and Fullwidth as Unicode Standard Annex 11 has them, and what is shown as a picture: two columns of a terminal. */
const wide =
  /^(?:\p{Emoji_Presentation}|.*\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}])/u;

/** Nothing of it takes room: marks that go onto the character before, and formatting characters. */
const weightless = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** How many columns of a terminal a text takes; colours take none, a tab counts as one. */
export function displayWidth(text: string): number {
  return charactersOf(stripVTControlCharacters(text)).reduce((sum, character) => sum + widthOf(character), 0);
}

/** The beginning of a text that fits into so many columns. */
export function cutToWidth(text: string, columns: number): string {
  let room = columns;
  let kept = '';
  for (const character of charactersOf(text)) {
    room -= widthOf(character);
    if (room < 0) break;
    kept += character;
  }
  return kept;
}

/** What a reader sees as one character each; may be several code points. */
export function charactersOf(text: string): readonly string[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Columns of one character of {@link charactersOf}. */
export function widthOf(character: string): number {
  if (weightless.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
