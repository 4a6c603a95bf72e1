/** A value on its way into a line: text as the engine reads it, bytes, or NULL. */
export type Field = string | Uint8Array | null;

/** One line: a field of nothing, then these, divided by tabs, NULL as `\N`. Text with a character that the line needs for itself comes as `\x` and its UTF-8 in hexadecimal, as all bytes do. */
export function rowText(fields: readonly Field[]): string {
  let line = '';
  for (const field of fields) line += `\t${fieldText(field)}`;
  return `${line}\n`;
}

// oxlint-disable-next-line no-control-regex -- NUL is what it looks for
const special = /[\\\t\n\r\0]/;

function fieldText(field: Field): string {
  if (field === null) return '\\N';
  if (typeof field !== 'string') return `\\x${Buffer.from(field.buffer, field.byteOffset, field.byteLength).toString('hex')}`;
  return special.test(field) ? `\\x${Buffer.from(field).toString('hex')}` : field;
}

/** SQL of a text that {@link rowText} wrote. */
export function textOfField(text: string): string {
  return `CASE WHEN starts_with(${text}, '\\x') THEN decode(unhex(${text}[3:])) ELSE ${text} END`;
}

/** SQL of bytes that {@link rowText} wrote. */
export function bytesOfField(text: string): string {
  return `unhex(${text}[3:])`;
}
