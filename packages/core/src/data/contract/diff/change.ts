/** How much a change matters to whoever relies on a data contract; docs/reference/contract-diff.md has the rules. */
export const levels = ['patch', 'minor', 'major'] as const;
export type Level = (typeof levels)[number];

/** Which way a promise went: `weaker` lets in what was ruled out before, `stronger` rules out what was let in; `other` is both, or neither. */
export type Direction = 'weaker' | 'stronger' | 'other';

/** One difference between two data contracts. */
export interface Change {
  /** Object under `schema:`; null for the document as a whole. */
  readonly object: string | null;
  /** Property, with a dot for one within another; null for the object or the document. */
  readonly property: string | null;
  /** Columns of the data that it is about, as either document calls them; none where it is about more than columns. */
  readonly columns: readonly string[];
  /** What of it: `required`, `minimum`, `quality.no_blanks`, `servers.production`. */
  readonly aspect: string;
  readonly direction: Direction;
  /** By the documents alone. */
  readonly level: Level;
  /** One sentence: what it was and what it is. */
  readonly says: string;
  /** Name of the check that measures it, in the old document, the new one, or both; null where no data can tell. */
  readonly check: string | null;
}

/** Where changes are found. */
export interface Place {
  readonly object: string | null;
  readonly property: string | null;
  /** Columns of the data there; left out where it is about more than columns. */
  readonly columns?: readonly string[];
}

/** A weaker promise is major and a stronger one minor, unless the rule says otherwise. */
export function changeAt(
  { object, property, columns = [] }: Place,
  {
    aspect,
    direction,
    says,
    check = null,
    level,
  }: Omit<Change, 'object' | 'property' | 'columns' | 'level' | 'check'> & { readonly level?: Level; readonly check?: string | null },
): Change {
  return { object, property, columns, aspect, direction, level: level ?? (direction === 'stronger' ? 'minor' : 'major'), says, check };
}

/** A value in a sentence. */
export function shown(value: unknown): string {
  const text = value === undefined || value === null ? 'nothing' : typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Whether two parts of documents say the same, whatever the order of names. */
export function isSame(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${entries
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`)
    .sort()
    .join(',')}}`;
}

/** The worst of some levels; null of none. */
export function worstLevel(found: readonly Level[]): Level | null {
  return levels.findLast((level) => found.includes(level)) ?? null;
}
