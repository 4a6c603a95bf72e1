import type { Diagnostic } from '@tidegate/formats';
import { harmless, type Terminal } from './terminal.ts';

/** Longest source line that is shown whole; a longer one is cut around the place. */
const maxSource = 120;

/** A diagnostic as lines: place, message, the source line with a squiggle, the hint. */
export function diagnosticLines(diagnostic: Diagnostic, { style }: Pick<Terminal, 'style'>): readonly string[] {
  const { place, code, message, hint } = diagnostic;
  const where = place === null ? '' : `${style('cyan', `${place.file}:${place.line}:${place.column}`)}: `;
  const lines = [`${where}${style('red', 'error')} ${style('dim', code)}: ${harmless(message)}`];
  if (place !== null) {
    const skip = Math.max(0, place.column - 1 - maxSource / 2);
    const source = harmless(place.source).slice(skip, skip + maxSource);
    const gutter = String(place.line);
    const width = Math.max(1, Math.min(place.length, source.length - (place.column - 1 - skip)));
    lines.push(`  ${style('dim', `${gutter} |`)} ${source}`);
    lines.push(
      `  ${style('dim', `${' '.repeat(gutter.length)} |`)} ${' '.repeat(place.column - 1 - skip)}${style('red', '~'.repeat(width))}`,
    );
  }
  if (hint !== null) lines.push(`  ${style('bold', 'fix:')} ${harmless(hint)}`);
  return lines;
}
