/** What a type of the engine holds within its values: fields by name, or items of a list; null for what holds neither, or nothing that has one type. */
export type NestedType =
  { readonly kind: 'fields'; readonly fields: ReadonlyMap<string, string> } | { readonly kind: 'items'; readonly item: string };

/** Takes apart a type as the engine writes it: `STRUCT(a INTEGER, "b c" VARCHAR[])`, `DOUBLE[]`, `INTEGER[3]`. */
export function nestedType(type: string): NestedType | null {
  const list = /^(.*)\[\d*\]$/s.exec(type);
  if (list !== null) return { kind: 'items', item: list[1] ?? '' };
  const struct = /^STRUCT\((.*)\)$/s.exec(type);
  if (struct === null) return null;
  return { kind: 'fields', fields: new Map(partsOf(struct[1] ?? '').map(fieldOf)) };
}

/** The parts between commas that stand in no brackets and no quotes. */
function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  let [depth, isQuoted, start] = [0, false, 0];
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '"') isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (sign === '(') depth += 1;
    if (sign === ')') depth -= 1;
    if (sign !== ',' || depth > 0) continue;
    parts.push(text.slice(start, at).trim());
    start = at + 1;
  }
  return [...parts, text.slice(start).trim()];
}

function fieldOf(part: string): readonly [name: string, type: string] {
  const quoted = /^"((?:[^"]|"")*)"\s+(.*)$/s.exec(part);
  if (quoted !== null) return [(quoted[1] ?? '').replaceAll('""', '"'), quoted[2] ?? ''];
  const space = part.indexOf(' ');
  return [part.slice(0, space), part.slice(space + 1)];
}
