import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './blocks.ts';

/** JSON Schema as far as tables of a page say it. */
export interface TableSchema {
  readonly [keyword: string]: unknown;
}

/** What a page says that a command prints with `--json`. */
export interface DocumentedOutput {
  /** The heading, without its marks. */
  readonly name: string;
  /** Every field as the table names it: `added[].path`. */
  readonly fields: readonly string[];
  readonly schema: TableSchema;
}

interface Field {
  readonly path: string;
  readonly type: string;
}

/**
 * Reads a page on which every section has a sentence that begins with "A list of objects" or "An object", and a table of fields, types and meanings.
 *
 * @throws Error for a type that is none of those that the page may use, and a field below one that is no object
 */
export function documentedOutputs(page: string): readonly DocumentedOutput[] {
  const sections = readFileSync(join(repository, page), 'utf8').split(/^## /m).slice(1);
  return sections.flatMap((section) => {
    const name = (section.split('\n')[0] ?? '').replaceAll('`', '');
    const fields = fieldsIn(section);
    if (fields.length === 0) return [];
    const object = objectOf(fields, '');
    return [
      {
        name,
        fields: fields.map(({ path }) => path),
        schema: /^A list of objects/m.test(section) ? { type: 'array', items: object } : object,
      },
    ];
  });
}

function fieldsIn(section: string): readonly Field[] {
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((line) => {
    const [path = '', type = ''] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim());
    return { path: path.replaceAll('`', ''), type };
  });
}

/** The object whose fields stand below a prefix. */
function objectOf(fields: readonly Field[], prefix: string): TableSchema {
  const own = fields.filter(({ path }) => path.startsWith(prefix) && /^[^.]+$/.test(path.slice(prefix.length)));
  const named = own.map((field) => [field.path.slice(prefix.length), field] as const);
  return {
    type: 'object',
    additionalProperties: false,
    required: named.filter(([, { type }]) => !type.endsWith('; not always')).map(([name]) => name),
    properties: Object.fromEntries(named.map(([name, field]) => [name, typeOf(fields, field)])),
  };
}

const plain: { readonly [word: string]: TableSchema } = {
  text: { type: 'string' },
  digest: { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' },
  time: { type: 'string', pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$` },
  number: { type: 'number' },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
  record: { type: 'object' },
  value: {},
};

function typeOf(fields: readonly Field[], { path, type }: Field): TableSchema {
  const [words = ''] = type.split('; not always');
  const { length } = words;
  if (words.endsWith(' or null'))
    return { anyOf: [typeOf(fields, { path, type: words.slice(0, length - ' or null'.length) }), { type: 'null' }] };
  if (words === 'object') return objectOf(fields, `${path}.`);
  if (words === 'list of objects') return { type: 'array', items: objectOf(fields, `${path}[].`) };
  const item = /^list of (\w+?)s?$/.exec(words)?.[1];
  if (item !== undefined && plain[item] !== undefined) return { type: 'array', items: plain[item] };
  const found = plain[words];
  if (found !== undefined) return found;
  const literals = [...words.matchAll(/`"([^"]+)"`/g)].map((match) => match[1] ?? '');
  if (literals.length > 0) return { enum: literals };
  throw new Error(`"${type}" of "${path}" is no type that a table of JSON may have`);
}

/** The fields of a value as the tables name them. */
export function fieldsOf(value: unknown, prefix = ''): ReadonlySet<string> {
  const found = new Set<string>();
  if (Array.isArray(value)) {
    for (const item of value) for (const path of fieldsOf(item, prefix === '' ? '' : `${prefix}[]`)) found.add(path);
    return found;
  }
  if (typeof value !== 'object' || value === null) return found;
  for (const [name, member] of Object.entries(value)) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    found.add(path);
    for (const below of fieldsOf(member, path)) found.add(below);
  }
  return found;
}
