import { type ReadColumn, turnedColumn } from '../../rows/read-column.ts';
import { bytesOfField, type Field, textOfField } from '../../rows/row-text.ts';
import { type PostgresColumn, typedValue } from '../postgres-columns.ts';
import { arrayItems } from './array-literal.ts';

/** A column as the log has it: text as the server writes it, where COPY would have asked for something else. */
export interface LogColumn {
  readonly read: ReadColumn;
  readonly field: (text: string) => Field;
}

export function logColumn({ read }: PostgresColumn): LogColumn {
  const { name, type, sourceType } = read;
  const column = { name, type, sourceType };
  if (type === 'BLOB') return { read: turnedColumn(column, bytesOfField), field: (text) => Buffer.from(text.slice(2), 'hex') };
  if (type.endsWith('[]'))
    return { read: turnedColumn(column, (text) => typedValue(type, textOfField(text))), field: (text) => JSON.stringify(arrayItems(text)) };
  if (type === 'VARCHAR' || type === 'JSON')
    return { read: turnedColumn(column, (text) => typedValue(type, textOfField(text))), field: (text) => text };
  return { read, field: (text) => text };
}
