import { type Diagnostic, TidegateError } from '@tidegate/formats';

/** Requirements that lead out of the file: what they name is in no digest. */
const leadsOut = /^(-r|--requirement|-c|--constraint|-e|--editable)\b/;
/** The command that makes a lock. */
export const lockCommand =
  'uv pip compile --generate-hashes requirements.in -o requirements.txt (or: pip-compile --generate-hashes requirements.in)';

/**
 * Checks that a requirements file is a lock: every requirement has a hash, and the file stands for itself. Only then do the
 * file's bytes say what is installed (pip, "Hash-checking mode").
 *
 * @returns the normalised names of the locked packages
 * @throws TG-COMMANDS-NOT-LOCKED with every line that is not locked
 */
export function requireLock(file: string, text: string): readonly string[] {
  const requirements = requirementsOf(text);
  const mistakes = requirements.flatMap(({ line, requirement }) => {
    const found = mistakeOf(requirement);
    return found === null ? [] : [diagnosticOf({ file, line, source: text.split(/\r?\n/)[line - 1] ?? '' }, found)];
  });
  const [first, ...rest] = mistakes.slice(0, 20);
  if (first !== undefined) throw new TidegateError([first, ...rest]);
  return requirements.flatMap(({ requirement }) =>
    requirement.startsWith('-') ? [] : [packageName(/^[\w.-]+/.exec(requirement)?.[0] ?? '')],
  );
}

/** A package's name in its one normal form (PEP 503). */
export function packageName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

interface Requirement {
  /** Where it begins, from 1. */
  readonly line: number;
  /** Without comments, continued lines joined. */
  readonly requirement: string;
}

function requirementsOf(text: string): readonly Requirement[] {
  const requirements: Requirement[] = [];
  let open = '';
  let start = 1;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (open === '') start = index + 1;
    const line = raw.trimStart().startsWith('#') ? '' : (raw.split(' #')[0] ?? '').trimEnd();
    if (line.endsWith('\\')) {
      open += `${line.slice(0, -1)} `;
      continue;
    }
    const requirement = (open + line).trim().replaceAll(/\s+/g, ' ');
    if (requirement !== '') requirements.push({ line: start, requirement });
    open = '';
  }
  return open.trim() === '' ? requirements : [...requirements, { line: start, requirement: open.trim() }];
}

function mistakeOf(requirement: string): string | null {
  if (leadsOut.test(requirement)) return `"${requirement.slice(0, 60)}" leads out of the file`;
  if (requirement.startsWith('-')) return null;
  return /--hash[= ]sha(256|384|512):[0-9a-f]{64,}/.test(requirement) ? null : `"${requirement.slice(0, 60)}" has no hash`;
}

function diagnosticOf(where: { readonly file: string; readonly line: number; readonly source: string }, found: string): Diagnostic {
  const { file, line, source } = where;
  const column = source.length - source.trimStart().length + 1;
  return {
    code: 'TG-COMMANDS-NOT-LOCKED',
    message: `Cannot build the virtual environment: ${found}`,
    hint: `Lock it: ${lockCommand}`,
    place: { file, line, column, length: Math.max(1, source.trim().length), source },
  };
}
