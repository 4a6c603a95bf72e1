import type { LoggedChange, LoggedRelation, LoggedRow, LoggedValue } from './pgoutput.ts';

/** What has become of rows, by key: the last state counts. */
export interface ChangedRows {
  /** @returns false when the changes cannot be followed any more, so that everything has to be read: a truncated table, other columns, too many */
  readonly take: (change: LoggedChange) => boolean;
  /** Rows as they are at last. A value that the log left out, for it is large and did not change, is undefined. */
  readonly present: () => readonly LoggedRow[];
  /** Keys of rows that are gone. */
  readonly gone: () => readonly LoggedRow[];
}

/** Rows beyond this are read anew with all others, for they are held in memory. */
const mostRows = 500_000;

interface State {
  readonly key: LoggedRow;
  readonly row: LoggedRow | null;
}

/** @param columns of the table, in the order in which rows are given @param key columns that name a row */
export function changedRows(
  table: { readonly schema: string; readonly name: string },
  columns: readonly string[],
  key: readonly string[],
): ChangedRows {
  const states = new Map<string, State>();
  let relation: LoggedRelation | null = null;
  let places: readonly number[] = [];
  const keyPlaces = key.map((name) => columns.indexOf(name));
  const arranged = (row: LoggedRow): LoggedRow => places.map((place): LoggedValue => row[place]);
  const keyOf = (row: LoggedRow): LoggedRow => keyPlaces.map((place) => row[place]);
  const put = (key: LoggedRow, row: LoggedRow | null): void => void states.set(JSON.stringify(key), { key, row });
  const follow = (found: LoggedRelation): boolean => {
    if (found.schema !== table.schema || found.name !== table.name) return true;
    relation = found;
    places = columns.map((name) => found.columns.findIndex((column) => column.name === name));
    return places.length === found.columns.length && !places.includes(-1);
  };
  const change = (before: LoggedRow | null, row: LoggedRow | null): void => {
    const was = before === null ? null : arranged(before);
    const is = row === null ? null : arranged(row);
    const oldKey = was === null ? null : keyOf(was);
    const newKey = is === null ? null : keyOf(is);
    const former = states.get(JSON.stringify(oldKey ?? newKey))?.row ?? null;
    if (oldKey !== null) put(oldKey, null);
    if (is !== null && newKey !== null)
      put(
        newKey,
        is.map((value, index) => (value === undefined ? (former?.[index] ?? was?.[index]) : value)),
      );
  };
  return {
    take: (found) => {
      if (found.kind === 'relation') return follow(found.relation);
      if (found.kind === 'truncate') return relation === null || !found.relations.includes(relation.id);
      if (found.relation !== relation?.id) return true;
      change(found.kind === 'insert' ? null : found.before, found.kind === 'delete' ? null : found.row);
      return states.size <= mostRows;
    },
    present: () => [...states.values()].flatMap(({ row }) => (row === null ? [] : [row])),
    gone: () => [...states.values()].flatMap(({ key: name, row }) => (row === null ? [name] : [])),
  };
}
