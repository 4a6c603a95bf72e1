import { createHash } from 'node:crypto';
import { canonicalJson, type Json, shape } from '@tidegate/formats';
import type { SourceColumn } from '../source.ts';

/** How far a table or query was read. */
export interface RowsPosition {
  /** Digest of what was read where: another table, query or server is another one. */
  readonly origin: string;
  readonly columns: readonly Pick<SourceColumn, 'name' | 'sourceType' | 'type'>[];
  /** The largest value of the cursor column, as text; null = there was none. */
  readonly cursor: string | null;
  /** Of replication: how far the log was read. */
  readonly log: string | null;
}

const nullableText: shape.Shape<string | null> = {
  schema: { type: ['string', 'null'] },
  check: (value, path, problems) => (value === null ? null : shape.text().check(value, path, problems)),
};

const positionShape = shape.object({
  origin: shape.required(shape.text()),
  columns: shape.required(
    shape.list(
      shape.object({ name: shape.required(shape.text()), sourceType: shape.required(shape.text()), type: shape.required(shape.text()) }),
    ),
  ),
  cursor: shape.optional(nullableText),
  log: shape.optional(nullableText),
});

/** The position, when it is one of this origin; else null, and everything is read. */
export function positionOf(since: Json, origin: string): RowsPosition | null {
  const parsed = shape.parse(positionShape, since);
  if (!parsed.ok || parsed.value.origin !== origin) return null;
  const { columns, cursor = null, log = null } = parsed.value;
  return { origin, columns, cursor, log };
}

/** @param parts what is read and where, without any secret */
export function originOf(parts: { readonly [name: string]: Json }): string {
  return createHash('sha256').update(canonicalJson(parts)).digest('hex');
}

/** As {@link RowsPosition}, as plain data. */
export function positionRecord({ origin, columns, cursor, log }: RowsPosition): Json {
  return { origin, columns: columns.map(({ name, sourceType, type }) => ({ name, sourceType, type })), cursor, log };
}

export function sameColumns(
  one: readonly Pick<SourceColumn, 'name' | 'type'>[],
  other: readonly Pick<SourceColumn, 'name' | 'type'>[],
): boolean {
  return one.length === other.length && one.every(({ name, type }, index) => name === other[index]?.name && type === other[index].type);
}
