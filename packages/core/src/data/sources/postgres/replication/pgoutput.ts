/** One value of a row in the log: text, NULL, or left out because a large value did not change. */
export type LoggedValue = string | null | undefined;
export type LoggedRow = readonly LoggedValue[];

export interface LoggedRelation {
  readonly id: number;
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly isKey: boolean }[];
}

/** What the plugin `pgoutput` says, as far as it is about rows: https://www.postgresql.org/docs/15/protocol-logicalrep-message-formats.html */
export type LoggedChange =
  | { readonly kind: 'relation'; readonly relation: LoggedRelation }
  | { readonly kind: 'insert'; readonly relation: number; readonly row: LoggedRow }
  /** `before` has the key when it changed, all of the row when that is what identifies it; else null. */
  | { readonly kind: 'update'; readonly relation: number; readonly before: LoggedRow | null; readonly row: LoggedRow }
  | { readonly kind: 'delete'; readonly relation: number; readonly before: LoggedRow }
  | { readonly kind: 'truncate'; readonly relations: readonly number[] };

/** @returns null for what is not about rows: begin and end of a transaction, types, origins */
export function readChange(message: Buffer): LoggedChange | null {
  const reader = readerOf(message);
  switch (reader.letter()) {
    case 'R':
      return { kind: 'relation', relation: relationOf(reader) };
    case 'I': {
      const relation = reader.number();
      reader.letter();
      return { kind: 'insert', relation, row: rowOf(reader) };
    }
    case 'U': {
      const relation = reader.number();
      const before = formerOf(reader, reader.letter());
      if (before !== null) reader.letter();
      return { kind: 'update', relation, before, row: rowOf(reader) };
    }
    case 'D': {
      const relation = reader.number();
      return { kind: 'delete', relation, before: formerOf(reader, reader.letter()) ?? [] };
    }
    case 'T': {
      const count = reader.number();
      reader.byte();
      return { kind: 'truncate', relations: Array.from({ length: count }, () => reader.number()) };
    }
    default:
      return null;
  }
}

interface Reader {
  readonly byte: () => number;
  readonly letter: () => string;
  readonly short: () => number;
  readonly number: () => number;
  /** Text that ends with a NUL. */
  readonly name: () => string;
  readonly text: (bytes: number) => string;
}

function readerOf(message: Buffer): Reader {
  let at = 0;
  const take = (bytes: number): number => {
    const from = at;
    at += bytes;
    return from;
  };
  return {
    byte: () => message.readUInt8(take(1)),
    letter: () => String.fromCharCode(message.readUInt8(take(1))),
    short: () => message.readUInt16BE(take(2)),
    number: () => message.readUInt32BE(take(4)),
    name: () => {
      const end = message.indexOf(0, at);
      return message.toString('utf8', take(end + 1 - at), end);
    },
    text: (bytes) => {
      const from = take(bytes);
      return message.toString('utf8', from, from + bytes);
    },
  };
}

function relationOf(reader: Reader): LoggedRelation {
  const [id, schema, name] = [reader.number(), reader.name(), reader.name()];
  reader.byte();
  const columns = Array.from({ length: reader.short() }, () => {
    const isKey = reader.byte() === 1;
    const column = reader.name();
    reader.number();
    reader.number();
    return { name: column, isKey };
  });
  return { id, schema, name, columns };
}

/** Of the key alone (`K`) all other values are said to be NULL, and are not known. */
function formerOf(reader: Reader, letter: string): LoggedRow | null {
  if (letter === 'N') return null;
  const row = rowOf(reader);
  return letter === 'O' ? row : row.map((value) => value ?? undefined);
}

function rowOf(reader: Reader): LoggedRow {
  return Array.from({ length: reader.short() }, (): LoggedValue => {
    const kind = reader.letter();
    if (kind === 'n') return null;
    if (kind === 'u') return undefined;
    return reader.text(reader.number());
  });
}
