import type { Json } from '@tidegate/formats';

type Table = { [name: string]: Json };

/**
 * The tables and keys of a TOML file, read so far as telling a change needs: numbers, truth values, strings and lists of them as such,
 * anything else (times, inline tables, strings over several lines) as the text that it is written as. Null when a line is no TOML.
 * https://toml.io/en/v1.0.0
 */
export function tomlValue(text: string): Table | null {
  const root: Table = Object.create(null) as Table;
  let table = root;
  for (const line of statements(text)) {
    const header = /^\[(\[?)\s*([^[\]]+?)\s*\]?\]$/.exec(line);
    if (header !== null) {
      const opened = tableAt(root, keysOf(header[2] ?? ''), header[1] === '[');
      if (opened === null) return null;
      table = opened;
      continue;
    }
    const [, left, right] = /^((?:"[^"]*"|'[^']*'|[^="'])+)=([^]*)$/.exec(line) ?? [];
    const keys = keysOf(left ?? '');
    const owner = right === undefined ? null : tableAt(table, keys.slice(0, -1), false);
    if (owner === null || right === undefined) return null;
    owner[keys.at(-1) ?? ''] = valueOf(right.trim());
  }
  return root;
}

/** Lines without comments; a value that goes on over several lines is one statement. */
function statements(text: string): readonly string[] {
  const found: string[] = [];
  let open = '';
  for (const raw of text.split(/\r?\n/)) {
    const line = withoutComment(raw).trim();
    if (line === '' && open === '') continue;
    open = open === '' ? line : `${open} ${line}`;
    if (isOpen(open)) continue;
    found.push(open);
    open = '';
  }
  return open === '' ? found : [...found, open];
}

function withoutComment(line: string): string {
  const [, before = line] = /^((?:"(?:\\.|[^"\\])*"|'[^']*'|[^#"'])*)#/.exec(line) ?? [];
  return before;
}

/** Whether a value has begun that this text does not end. */
function isOpen(text: string): boolean {
  if (/^\[\[?[^=]*\]$/.test(text)) return false;
  if ((text.split('"""').length - 1) % 2 === 1 || (text.split("'''").length - 1) % 2 === 1) return true;
  const bare = text.replaceAll(/"(?:\\.|[^"\\])*"|'[^']*'/g, '');
  return bare.split('[').length > bare.split(']').length || bare.split('{').length > bare.split('}').length;
}

function keysOf(text: string): readonly string[] {
  return (text.match(/"[^"]*"|'[^']*'|[^.\s"']+/g) ?? []).map((key) => key.replace(/^["']|["']$/g, ''));
}

/** The table of these keys, made where there is none; of a list of tables the last, or a new one. Null when a value is in the way. */
function tableAt(root: Table, keys: readonly string[], isNew: boolean): Table | null {
  let table = root;
  for (const [index, key] of keys.entries()) {
    const found = table[key];
    const list = Array.isArray(found) ? (found as Json[]) : null;
    if (isNew && index === keys.length - 1) {
      if (found !== undefined && list === null) return null;
      const added: Table = Object.create(null) as Table;
      if (list === null) table[key] = [added];
      else list.push(added);
      return added;
    }
    const next = list === null ? (found ?? (table[key] = Object.create(null) as Table)) : list.at(-1);
    if (typeof next !== 'object' || next === null || Array.isArray(next)) return null;
    table = next as Table;
  }
  return table;
}

function valueOf(text: string): Json {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^[+-]?\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?$/.test(text)) return Number(text.replaceAll('_', ''));
  if (/^'[^']*'$/.test(text)) return text.slice(1, -1);
  try {
    return JSON.parse(text.replace(/,\s*\]$/, ']')) as Json; // strings and lists of the simple sort are written alike
  } catch {
    return text;
  }
}
