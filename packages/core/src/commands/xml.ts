/** A start tag. */
export interface XmlTag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

export interface XmlReader {
  readonly open: (tag: XmlTag) => void;
  readonly text: (text: string) => void;
  readonly close: (name: string) => void;
}

const deepest = 64;

/**
 * Reads the small part of XML that test reports are written in: elements, attributes, text, CDATA, comments, the five named
 * entities and numbers. A document type is refused, so there is nothing to expand; one pass from front to back, whatever the text.
 *
 * @returns whether the text was well-formed to its end; events up to a mistake have been told
 */
export function readXml(xml: string, reader: XmlReader): boolean {
  const open: string[] = [];
  let hadRoot = false;
  let at = 0;
  while (at < xml.length) {
    const start = xml.indexOf('<', at);
    const text = xml.slice(at, start < 0 ? xml.length : start);
    if (open.length > 0) reader.text(unescapeXml(text));
    else if (text.replace('\uFEFF', '').trim() !== '') return false;
    if (start < 0) break;
    const piece = readPiece(xml, start);
    if (piece === null) return false;
    at = piece.end;
    if (piece.kind === 'text' && open.length > 0) reader.text(piece.text);
    else if (piece.kind === 'open') {
      if (open.length === 0 && hadRoot) return false;
      hadRoot = true;
      reader.open(piece.tag);
      if (piece.isEmpty) reader.close(piece.tag.name);
      else if (open.push(piece.tag.name) > deepest) return false;
    } else if (piece.kind === 'close') {
      if (open.pop() !== piece.name) return false;
      reader.close(piece.name);
    }
  }
  return hadRoot && open.length === 0;
}

type Piece =
  | { readonly kind: 'open'; readonly tag: XmlTag; readonly isEmpty: boolean; readonly end: number }
  | { readonly kind: 'close'; readonly name: string; readonly end: number }
  | { readonly kind: 'text'; readonly text: string; readonly end: number }
  | { readonly kind: 'other'; readonly end: number };

/** What begins with the `<` at `start`; null for what is not well-formed or not taken. */
function readPiece(xml: string, start: number): Piece | null {
  if (xml.startsWith('<?', start)) return upTo(xml, start + 2, '?>', (_, end) => ({ kind: 'other', end }));
  if (xml.startsWith('<!--', start)) return upTo(xml, start + 4, '-->', (_, end) => ({ kind: 'other', end }));
  if (xml.startsWith('<![CDATA[', start)) return upTo(xml, start + 9, ']]>', (text, end) => ({ kind: 'text', text, end }));
  if (xml.startsWith('<!', start)) return null;
  if (xml.startsWith('</', start)) return upTo(xml, start + 2, '>', (text, end) => ({ kind: 'close', name: text.trim(), end }));
  return readStartTag(xml, start);
}

function upTo(xml: string, from: number, sign: string, make: (text: string, end: number) => Piece): Piece | null {
  const found = xml.indexOf(sign, from);
  return found < 0 ? null : make(xml.slice(from, found), found + sign.length);
}

function readStartTag(xml: string, start: number): Piece | null {
  let at = endOfName(xml, start + 1);
  const name = xml.slice(start + 1, at);
  const attributes = new Map<string, string>();
  if (name === '') return null;
  for (;;) {
    at = endOfBlanks(xml, at);
    if (xml.startsWith('/>', at)) return { kind: 'open', tag: { name, attributes }, isEmpty: true, end: at + 2 };
    if (xml[at] === '>') return { kind: 'open', tag: { name, attributes }, isEmpty: false, end: at + 1 };
    const nameEnd = endOfName(xml, at);
    const equals = endOfBlanks(xml, nameEnd);
    const quoteAt = endOfBlanks(xml, equals + 1);
    const quote = xml[quoteAt];
    if (nameEnd === at || xml[equals] !== '=' || (quote !== '"' && quote !== "'")) return null;
    const close = xml.indexOf(quote, quoteAt + 1);
    const value = xml.slice(quoteAt + 1, close);
    if (close < 0 || value.includes('<')) return null;
    attributes.set(xml.slice(at, nameEnd), unescapeXml(value));
    at = close + 1;
  }
}

function endOfName(xml: string, from: number): number {
  let at = from;
  while (at < xml.length && /[\w:.-]/.test(xml.charAt(at))) at += 1;
  return at;
}

function endOfBlanks(xml: string, from: number): number {
  let at = from;
  while (at < xml.length && ' \t\r\n'.includes(xml.charAt(at))) at += 1;
  return at;
}

const entities: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Entities that are not known stay as they are written. */
function unescapeXml(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w{2,4}));/g, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return entities.get(name) ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
