/** Shortest text that counts as secret, in characters: shorter ones occur everywhere, and masking them would eat the whole log. */
export const shortestSecret = 8;

/** Shortest part of a secret whose presence in an output is a leak and no chance: the name of a project in the JSON of a key is none. */
const shortestTelling = 24;

/**
 * Every text that gives a secret away: the value and its parts (lines, members of JSON, the password of a URL), each as it is and as
 * programs print it: escaped for JSON, a URL or XML, in base64 at each of its three alignments, in hexadecimal. Line ends are left
 * out, as who looks for these texts ignores them.
 */
export function secretForms(value: string): ReadonlySet<string> {
  return formsOf([value, ...partsOf(value)]);
}

/** As {@link secretForms}, without the short parts that may stand in an output for a good reason. */
export function tellingForms(value: string): ReadonlySet<string> {
  return formsOf([value, value.trim(), ...partsOf(value).filter((part) => part.length >= shortestTelling && !/:\/\/|@/.test(part))]);
}

function formsOf(texts: readonly string[]): ReadonlySet<string> {
  const forms = texts
    .filter((text) => text.length >= shortestSecret)
    .flatMap(encodings)
    .map((form) => form.replaceAll(/[\r\n]/g, ''));
  return new Set(forms.filter((form) => form.length >= shortestSecret));
}

function partsOf(value: string): readonly string[] {
  const leaves = [...jsonLeaves(value), ...passwordOf(value)];
  return [value, ...leaves].flatMap((text) => [...linesOf(text), text.trim()]).concat(leaves);
}

/** Each line of several; one that is too short by itself, such as the last of a PEM, together with the line before it. */
function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  if (lines.length < 2) return [];
  return lines.map((line, index) => (line.length < shortestSecret && line !== '' ? `${lines[index - 1] ?? ''}${line}` : line));
}

function jsonLeaves(value: string): readonly string[] {
  if (!/^\s*[[{"]/.test(value)) return [];
  const leaves: string[] = [];
  try {
    JSON.parse(value, (_, member: unknown) => {
      if (typeof member === 'string' || typeof member === 'number') leaves.push(String(member));
      return member;
    });
  } catch {
    return []; // it only looks like JSON
  }
  return leaves;
}

function passwordOf(value: string): readonly string[] {
  const [, password] = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^:/?#]*:(.+)@[^@]*$/s.exec(value.trim()) ?? [];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

function encodings(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const json = JSON.stringify(text).slice(1, -1);
  const uri = [...text].map((character) => (/[A-Za-z0-9_.~-]/.test(character) ? character : percentEncoded(character))).join('');
  const lax = uri.replaceAll(/%(?:21|27|28|29|2A)/g, (code) => decodeURIComponent(code)); // encodeURIComponent of JavaScript leaves these
  const hex = bytes.toString('hex');
  return [
    text,
    json,
    json.replaceAll(/[^\u0000-\u007f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
    ...[uri, lax, lax.replaceAll('%20', '+')].flatMap((form) => [form, form.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]),
    escapedForXml(text),
    hex,
    hex.toUpperCase(),
    ...[0, 1, 2].flatMap((offset) => base64At(bytes, offset)),
  ];
}

function percentEncoded(character: string): string {
  return Buffer.from(character).reduce((text, byte) => `${text}%${byte.toString(16).toUpperCase().padStart(2, '0')}`, '');
}

function escapedForXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** The digits that the bytes alone decide when so many bytes stand before them in a group of three. */
function base64At(bytes: Buffer, offset: number): readonly string[] {
  const digits = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  const form = digits.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  return [form, form.replaceAll('+', '-').replaceAll('/', '_')];
}
