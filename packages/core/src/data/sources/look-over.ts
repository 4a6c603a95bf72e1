import { TidegateError } from '@tidegate/formats';
import { refuseColumns } from './rows/refuse-columns.ts';
import type { SourceFinding } from './source.ts';

/** One look at a source; it may throw what a reading would throw. */
export interface Look {
  readonly about: SourceFinding['about'];
  /** Null: there is nothing to say. */
  readonly at: () => Promise<Omit<SourceFinding, 'about'> | null>;
}

/** Takes one look after another until one fails: what comes after it could not be seen. */
export async function lookOver(looks: readonly Look[]): Promise<readonly SourceFinding[]> {
  const findings: SourceFinding[] = [];
  for (const { about, at } of looks)
    try {
      const found = await at();
      if (found !== null) findings.push({ about, ...found });
    } catch (error) {
      if (!(error instanceof TidegateError)) throw error;
      const [{ code, message, hint }] = error.diagnostics;
      return [...findings, { about: subjectOf(code) ?? about, verdict: 'fail', message, hint, measured: { code } }];
    }
  return findings;
}

function subjectOf(code: string): SourceFinding['about'] | null {
  switch (code) {
    case 'TG-SECRETS-MISSING':
      return 'secret';
    case 'TG-SOURCE-UNREACHABLE':
      return 'reach';
    case 'TG-SOURCE-TLS':
      return 'tls';
    case 'TG-SOURCE-NOT-FOUND':
      return 'found';
    default:
      return null;
  }
}

/** That what is to be read is there, and may be read. @throws TG-SOURCE-VALUE for columns that no table can have */
export function foundWith(title: string, names: readonly string[]): Omit<SourceFinding, 'about'> {
  refuseColumns(names, title);
  const { length: columns } = names;
  return passed(`${title} has ${columns === 1 ? 'one column' : `${columns} columns`}, and may be read`, { columns });
}

export function passed(message: string, measured: SourceFinding['measured'] = {}): Omit<SourceFinding, 'about'> {
  return { verdict: 'pass', message, hint: null, measured };
}
