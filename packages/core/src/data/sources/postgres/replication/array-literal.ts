/**
 * The items of an array as PostgreSQL writes it, `{1,NULL,"a,b"}`; arrays in it become lists of their own.
 * https://www.postgresql.org/docs/15/arrays.html#ARRAYS-IO
 */
export function arrayItems(literal: string): readonly unknown[] {
  let at = literal.indexOf('{') + 1; // bounds that do not begin with 1 stand before it: [0:2]={…}
  const list = (): unknown[] => {
    const items: unknown[] = [];
    while (at < literal.length && literal[at] !== '}') {
      if (literal[at] === '{') {
        at++;
        items.push(list());
      } else items.push(literal[at] === '"' ? quoted() : plain());
      if (literal[at] === ',') at++;
    }
    at++;
    return items;
  };
  const quoted = (): string => {
    let text = '';
    for (at++; literal[at] !== '"' && at < literal.length; at++) {
      if (literal[at] === '\\') at++;
      text += literal[at] ?? '';
    }
    at++;
    return text;
  };
  const plain = (): string | null => {
    const end = /[,}]/.exec(literal.slice(at))?.index ?? literal.length - at;
    const text = literal.slice(at, at + end);
    at += end;
    return text === 'NULL' ? null : text;
  };
  return list();
}
