/** Where a text stops being JSON; `found` is what stands there, empty at the end of the text. */
export interface JsonError {
  readonly line: number;
  readonly column: number;
  readonly found: string;
}

const blank = /[ \t\n\r]*/y;
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|true|false|null/y;

/**
 * Finds the first place where a text that `JSON.parse` refuses breaks the grammar (RFC 8259): V8's messages do not always say.
 * Walks without recursion, so that depth cannot exhaust the stack.
 */
export function findJsonError(source: string): JsonError {
  const open: ('{' | '[')[] = [];
  let at = 0;
  let expects: 'value' | 'value or ]' | 'name' | 'name or }' | 'next' = 'value';
  const take = (form: RegExp): boolean => {
    form.lastIndex = at;
    const found = form.test(source);
    if (found) at = form.lastIndex;
    return found;
  };
  const takeText = (): boolean => {
    const end = endOfText(source, at);
    if (end !== -1) at = end;
    return end !== -1;
  };
  const close = (): void => {
    open.pop();
    at++;
    expects = 'next';
  };
  for (;;) {
    take(blank);
    const char = source[at];
    if (expects === 'next') {
      const last = open.at(-1);
      if (char === ',' && last !== undefined) {
        at++;
        expects = last === '{' ? 'name' : 'value';
      } else if ((char === '}' && last === '{') || (char === ']' && last === '[')) close();
      else return placeOf(source, at);
    } else if (expects === 'name' || expects === 'name or }') {
      if (char === '}' && expects === 'name or }') close();
      else {
        if (!takeText()) return placeOf(source, at);
        take(blank);
        if (source[at] !== ':') return placeOf(source, at);
        at++;
        expects = 'value';
      }
    } else if (char === '{' || char === '[') {
      open.push(char);
      at++;
      expects = char === '{' ? 'name or }' : 'value or ]';
    } else if (char === ']' && expects === 'value or ]') close();
    else if (takeText() || take(scalar)) expects = 'next';
    else return placeOf(source, at);
  }
}

/** @returns where the text that begins here ends; -1 when none begins, or it does not end. Not by a regular expression: a long text exhausts its stack. */
function endOfText(source: string, start: number): number {
  if (source[start] !== '"') return -1;
  for (let at = start + 1; at < source.length; at++) {
    const char = source[at];
    if (char === '"') return at + 1;
    if (source.charCodeAt(at) < 0x20) return -1;
    if (char !== '\\') continue;
    escape.lastIndex = at;
    if (!escape.test(source)) return -1;
    at = escape.lastIndex - 1;
  }
  return -1;
}

function placeOf(source: string, at: number): JsonError {
  const before = source.slice(0, at);
  const line = before.split('\n').length;
  return { line, column: at - before.lastIndexOf('\n'), found: /^(?:-?\w[\w.+-]*|.)?/su.exec(source.slice(at, at + 40))?.[0] ?? '' };
}
