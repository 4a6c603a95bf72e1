import { failed, ok, type Result } from '@tidegate/formats';

/** Why a text cannot be split into the words of a command. */
export interface SplitFailure {
  readonly message: string;
  readonly hint: string;
}

/** Signs that mean something to a shell outside of quotes. `#` and `~` do at the start of a word only. */
const signs: ReadonlySet<string> = new Set(['|', '&', ';', '<', '>', '(', ')', '`', '$', '*', '?', '[', '\n']);
const script = 'Put it into a script and run that, or write the sign in single quotes';

/**
 * Splits a command into words as a POSIX shell would (Shell Command Language 2.2 Quoting and 2.3 Token Recognition), without
 * running one: no variables, no patterns, no pipes. What only a shell could do is refused.
 */
export function splitCommand(text: string): Result<readonly string[], SplitFailure> {
  const words: string[] = [];
  let word: string | null = null;
  const trimmed = text.trim();
  for (let at = 0; at < trimmed.length; at += 1) {
    const sign = trimmed.charAt(at);
    if (sign === ' ' || sign === '\t' || sign === '\r') {
      if (word !== null) words.push(word);
      word = null;
    } else if (sign === "'" || sign === '"') {
      const quoted = sign === "'" ? singleQuoted(trimmed, at) : doubleQuoted(trimmed, at);
      if (!quoted.ok) return quoted;
      word = (word ?? '') + quoted.value.text;
      at = quoted.value.end;
    } else if (sign === '\\') {
      at += 1;
      if (at >= trimmed.length)
        return failed({ message: 'Cannot split the command: it ends with a backslash', hint: 'Delete the backslash' });
      if (trimmed.charAt(at) !== '\n') word = (word ?? '') + trimmed.charAt(at);
    } else if (signs.has(sign) || (word === null && (sign === '#' || sign === '~'))) return failed(needsShell(sign));
    else word = (word ?? '') + sign;
  }
  if (word !== null) words.push(word);
  return checkFirst(words);
}

interface Quoted {
  readonly text: string;
  /** Where the closing quote is. */
  readonly end: number;
}

function singleQuoted(text: string, start: number): Result<Quoted, SplitFailure> {
  const end = text.indexOf("'", start + 1);
  return end < 0 ? failed(notClosed("'")) : ok({ text: text.slice(start + 1, end), end });
}

function doubleQuoted(text: string, start: number): Result<Quoted, SplitFailure> {
  let quoted = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (sign === '"') return ok({ text: quoted, end: at });
    if (sign === '$' || sign === '`') return failed(needsShell(sign));
    const next = text.charAt(at + 1);
    if (sign === '\\' && '$`"\\\n'.includes(next) && next !== '') {
      if (next !== '\n') quoted += next;
      at += 1;
    } else quoted += sign;
  }
  return failed(notClosed('"'));
}

function checkFirst(words: readonly string[]): Result<readonly string[], SplitFailure> {
  const [first] = words;
  if (first === undefined || first === '')
    return failed({ message: 'Cannot run an empty command', hint: 'Write a program and its arguments' });
  if (/^[A-Za-z_][A-Za-z0-9_]*=/.test(first))
    return failed({
      message: `Cannot run "${first}": a shell would set a variable, and none is used`,
      hint: 'Write it under "variables:"',
    });
  return ok(words);
}

function needsShell(sign: string): SplitFailure {
  const shown = sign === '\n' ? 'a second line' : `"${sign}"`;
  return { message: `Cannot run the command as written: ${shown} needs a shell, and none is used`, hint: script };
}

function notClosed(quote: string): SplitFailure {
  const name = quote === '"' ? 'double' : 'single';
  return { message: `Cannot split the command: a ${name} quote is not closed`, hint: `Close it with ${quote}, or write \\${quote}` };
}
