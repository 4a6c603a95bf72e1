/** A stretch of SQL text that the engine reads as one: `code` is what is not blank, comment, text or quoted name. */
interface Piece {
  readonly kind: 'blank' | 'code' | 'text' | 'name';
  readonly text: string;
}

/**
 * SQL without comments and line breaks, so that a change of layout is no change of meaning: every run of blanks and comments
 * outside of texts and quoted names becomes one space; a final `;` goes.
 */
export function normaliseSql(sql: string): string {
  const text = piecesOf(sql)
    .map((piece) => (piece.kind === 'blank' ? ' ' : piece.text))
    .join('');
  return text.replace(/[\s;]+$/, '').trim();
}

/** The SQL up to its final `;`, every place as it was, so that it can stand in parentheses. A line comment cannot end it. */
export function statementIn(sql: string): string {
  const pieces = [...piecesOf(sql)];
  for (let last = pieces.pop(); last !== undefined; last = pieces.pop()) {
    const rest = last.kind === 'code' ? last.text.replace(/;+$/, '') : last.text;
    if (last.kind !== 'blank' && rest !== '') return [...pieces.map((piece) => piece.text), rest].join('');
  }
  return '';
}

/**
 * Every name in the SQL that could be a table, in lower case as the engine compares them: words of the code and quoted names. A superset of
 * the tables it reads, found without the engine; what it reads exactly is checked when it runs.
 */
export function namesIn(sql: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { kind, text } of piecesOf(sql)) {
    if (kind === 'name') found.add(text.slice(1, -1).replaceAll('""', '"').toLowerCase());
    if (kind === 'code') for (const [word] of text.matchAll(/[\p{L}\p{N}_$]+/gu)) found.add(word.toLowerCase());
  }
  return found;
}

/**
 * Whether the SQL may take columns that it does not name: `*` as a list of columns, `COLUMNS(…)`, a `FROM` without a `SELECT`, or a table compared whole. Rather said once
 * too often; `count(*)` and a product are none.
 */
export function takesUnnamed(sql: string): boolean {
  const code = piecesOf(sql)
    .map(({ kind, text }) => (kind === 'code' ? text : kind === 'name' ? 'n' : ' '))
    .join('')
    .toLowerCase();
  const count = (word: string): number => code.match(new RegExp(`\\b${word}\\b`, 'g'))?.length ?? 0;
  return (
    /(\bselect\s+(distinct\s+)?|[,.]\s*)\*/.test(code) ||
    /\bcolumns\s*\(/.test(code) ||
    count('from') > count('select') ||
    count('table') > 0
  );
}

function piecesOf(sql: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let code = '';
  const add = (kind: Piece['kind'], text: string): void => {
    if (code !== '') pieces.push({ kind: 'code', text: code });
    code = '';
    const last = pieces.at(-1);
    if (kind === 'blank' && last?.kind === 'blank') pieces[pieces.length - 1] = { kind, text: last.text + text };
    else pieces.push({ kind, text });
  };
  for (let at = 0; at < sql.length;) {
    const { kind, length } = pieceAt(sql, at, code);
    const text = sql.slice(at, at + length);
    if (kind === 'code') code += text;
    else add(kind, text);
    at += length;
  }
  if (code !== '') pieces.push({ kind: 'code', text: code });
  return pieces;
}

function pieceAt(sql: string, at: number, before: string): { readonly kind: Piece['kind']; readonly length: number } {
  const rest = sql.slice(at, at + 2);
  if (/^\s/.test(rest)) return { kind: 'blank', length: 1 };
  if (rest === '--') return { kind: 'blank', length: until(sql, '\n', at) - at };
  if (rest === '/*') return { kind: 'blank', length: endOfComment(sql, at) - at };
  if (rest.startsWith("'")) return { kind: 'text', length: endOfQuoted(sql, at, { escapes: /(^|[^\p{L}\p{N}_$])e$/iu.test(before) }) - at };
  if (rest.startsWith('"')) return { kind: 'name', length: endOfQuoted(sql, at, { escapes: false }) - at };
  const dollar =
    rest.startsWith('$') && !/[\p{L}\p{N}_$]$/u.test(before) ? /^\$([\p{L}_][\p{L}\p{N}_]*)?\$/u.exec(sql.slice(at, at + 66)) : null;
  if (dollar !== null) return { kind: 'text', length: until(sql, dollar[0], at + dollar[0].length) - at };
  return { kind: 'code', length: 1 };
}

/** Just after the next `mark`, or the end. */
function until(sql: string, mark: string, from: number): number {
  const found = sql.indexOf(mark, from);
  return found < 0 ? sql.length : found + mark.length;
}

/** Comments nest, as in PostgreSQL. */
function endOfComment(sql: string, at: number): number {
  let depth = 0;
  for (let index = at; index < sql.length; index++) {
    const two = sql.slice(index, index + 2);
    if (two === '/*') depth++;
    if (two === '*/') depth--;
    if (two === '/*' || two === '*/') index++;
    if (depth === 0) return index + 1;
  }
  return sql.length;
}

function endOfQuoted(sql: string, at: number, { escapes }: { readonly escapes: boolean }): number {
  const quote = sql.charAt(at);
  for (let index = at + 1; index < sql.length; index++) {
    if (escapes && sql.charAt(index) === '\\') index++;
    else if (sql.charAt(index) === quote) {
      if (sql.charAt(index + 1) !== quote) return index + 1;
      index++;
    }
  }
  return sql.length;
}
