import { readXml } from '../xml.ts';

/** Lines that tests ran. */
export interface Coverage {
  readonly covered: number;
  readonly lines: number;
}

/**
 * The lines that a coverage file counts: Cobertura XML (its root's `lines-covered` and `lines-valid`, else every `line` of a class), as coverage.py and covr write
 * it, or LCOV (`LH`, `LF`), as most others do.
 *
 * @returns null when the text is neither, or counts no line
 */
export function coverageOf(text: string): Coverage | null {
  const coverage = text.trimStart().startsWith('<') ? cobertura(text) : lcov(text);
  return coverage === null || coverage.lines === 0 ? null : coverage;
}

function cobertura(text: string): Coverage | null {
  let total: Coverage | null = null;
  let isCoverage = false;
  let methods = 0; // their lines are those of the class once more
  const counted = { covered: 0, lines: 0 };
  const complete = readXml(withoutDoctype(text), {
    open: ({ name, attributes }) => {
      if (name === 'coverage') {
        isCoverage = true;
        const [covered, lines] = [Number(attributes.get('lines-covered')), Number(attributes.get('lines-valid'))];
        if (Number.isInteger(covered) && Number.isInteger(lines)) total = { covered, lines };
      }
      if (name === 'methods') methods += 1;
      if (name !== 'line' || methods > 0) return;
      counted.lines += 1;
      if (Number(attributes.get('hits')) > 0) counted.covered += 1;
    },
    text: () => {},
    close: (name) => {
      if (name === 'methods') methods -= 1;
    },
  });
  return complete && isCoverage ? (total ?? counted) : null;
}

/** The one document type that Cobertura files have names a file that is fetched nowhere. */
function withoutDoctype(text: string): string {
  return text.slice(0, 2_000).replace(/<!DOCTYPE coverage\s+SYSTEM\s+(["'])[^"'<>]*\1\s*>/, '') + text.slice(2_000);
}

function lcov(text: string): Coverage | null {
  let [covered, lines, isLcov] = [0, 0, false];
  for (const line of text.split('\n')) {
    if (line.startsWith('SF:')) isLcov = true;
    if (line.startsWith('LH:')) covered += Number(line.slice(3)) || 0;
    if (line.startsWith('LF:')) lines += Number(line.slice(3)) || 0;
  }
  return isLcov ? { covered, lines } : null;
}
