import type { Diagnostic, Place } from '@tidegate/formats';
import { charactersOf, displayWidth, widthOf } from './display-width.ts';
import { harmless, type Terminal } from './terminal.ts';

/** Longest source line that is shown whole; a longer one is cut around the place. */
const maxSource = 120;

/** A diagnostic as lines: place, message, the source line with a squiggle, the hint. */
export function diagnosticLines(diagnostic: Diagnostic, { style }: Pick<Terminal, 'style'>): readonly string[] {
  const { place, code, message, hint } = diagnostic;
  const where = place === null ? '' : `${style('cyan', `${place.file}:${place.line}:${place.column}`)}: `;
  const lines = [`${where}${style('red', 'error')} ${style('dim', code)}: ${harmless(message)}`];
  if (place !== null) lines.push(...underlined(place, style));
  if (hint !== null) lines.push(`  ${style('bold', 'fix:')} ${harmless(hint)}`);
  return lines;
}

/** The source line, and below it the squiggle: as far from the left as the mistake, tabs and wide characters included. */
function underlined({ line, column, length, source }: Place, style: Terminal['style']): readonly string[] {
  const at = column - 1;
  const from = Math.max(0, at - maxSource / 2);
  const cut = (start: number, end: number): string => harmless(source.slice(start, Math.min(end, from + maxSource)));
  const [before, wrong] = [cut(from, at), cut(at, at + length)];
  const squiggle = '~'.repeat(Math.max(1, displayWidth(wrong)));
  const gutter = String(line);
  return [
    `  ${style('dim', `${gutter} |`)} ${cut(from, source.length)}`,
    `  ${style('dim', `${' '.repeat(gutter.length)} |`)} ${blanks(before)}${style('red', squiggle)}`,
  ];
}

/** As much room as the text takes. A tab stays a tab: how far it goes is the terminal's matter. */
function blanks(text: string): string {
  return charactersOf(text)
    .map((character) => (character === '\t' ? character : ' '.repeat(widthOf(character))))
    .join('');
}
