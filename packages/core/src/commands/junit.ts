import type { TestCase } from '@tidegate/formats';

/**
 * The cases of a JUnit XML report as pytest writes it (`--junitxml`, family xunit2). A scanner for these elements only: no entities
 * but the five of XML and numbers, no document type, linear time. Null when the text is no such report.
 */
export function parseJunit(xml: string): readonly TestCase[] | null {
  if (xml.includes('<!DOCTYPE') || !xml.includes('<testsuite')) return null;
  const cases: TestCase[] = [];
  for (const piece of xml.split('<testcase ').slice(1)) {
    const end = tagEnd(piece);
    const attributes = attributesOf(piece.slice(0, end));
    const closes = piece[end - 1] === '/';
    const body = closes ? '' : piece.slice(end + 1, Math.max(end + 1, piece.indexOf('</testcase>')));
    const failed = /^\s*<(failure|error) /.exec(body.slice(indexOfFirst(body, ['<failure ', '<error '])));
    const skipped = body.includes('<skipped');
    const name = [attributes['classname'], attributes['name']].filter((part) => part !== undefined && part !== '').join('::');
    cases.push({
      name: name === '' ? 'unnamed' : name,
      outcome: failed !== null ? 'failed' : skipped ? 'skipped' : 'passed',
      durationMs: Number(attributes['time'] ?? 0) * 1000 || 0,
      message: failed !== null || skipped ? messageOf(body) : '',
    });
  }
  return cases;
}

function indexOfFirst(text: string, parts: readonly string[]): number {
  const places = parts.map((part) => text.indexOf(part)).filter((index) => index >= 0);
  return places.length === 0 ? text.length : Math.min(...places);
}

/** Index of the `>` that ends a start tag; one inside an attribute's quotes does not count. */
function tagEnd(text: string): number {
  let quote = '';
  for (let index = 0; index < text.length; index++) {
    const letter = text[index] ?? '';
    if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '>') return index;
  }
  return text.length;
}

function attributesOf(tag: string): { readonly [name: string]: string | undefined } {
  return Object.fromEntries([...tag.matchAll(/([\w:-]+)="([^"]*)"/g)].map((match) => [match[1] ?? '', unescape(match[2] ?? '')]));
}

const longest = 4_000;

function messageOf(body: string): string {
  const start = body.slice(indexOfFirst(body, ['<failure ', '<error ', '<skipped ']));
  const end = tagEnd(start);
  const { message = '' } = attributesOf(start.slice(0, end));
  const close = indexOfFirst(start, ['</failure>', '</error>', '</skipped>']);
  const text = start[end - 1] === '/' ? '' : unescape(start.slice(end + 1, close));
  return (text.trim() === '' ? message : text.trim()).slice(0, longest);
}

const entities: { readonly [name: string]: string } = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w{2,4}));/g, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return entities[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}
