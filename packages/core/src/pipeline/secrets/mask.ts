import { shortestSecret } from './secret-forms.ts';

/** What stands in the place of a secret. */
export const masked = '***';

/**
 * Masks texts in lines that come one after another, of one stream. A text may be broken over lines and pieces of lines: line ends do not
 * count. A line whose end may be the beginning of such a text is held back until the next one tells.
 */
export interface LineMask {
  /** @returns the lines that can be shown by now, in order */
  readonly push: (line: string) => readonly string[];
  /** @returns the lines that were held back; nothing comes after them */
  readonly flush: () => readonly string[];
  /** Whether anything was masked so far. */
  readonly hasMasked: () => boolean;
}

/** As {@link LineMask}, for text that comes as one or more whole lines at once, each with its line end; so it is given on. */
export interface OutputMask {
  readonly push: (text: string) => string;
  readonly flush: () => string;
}

/** Texts to find, laid out for finding them; made once for each set of secrets. */
export interface MaskedTexts {
  /** By the first eight characters. */
  readonly byStart: ReadonlyMap<string, readonly string[]>;
  /** One bit for each hash of a start: nearly every place of a text is dismissed by it. */
  readonly bits: Uint8Array;
  /** Beginnings that are shorter than a start, at which a line is held back. */
  readonly beginnings: ReadonlySet<string>;
}

/** A beginning shorter than this at the end of a line is taken for a chance. */
const shortestBeginning = 4;
/** Lines that are held back, in characters; beyond that they are shown as they are. */
const mostHeld = 1 << 20;

export function maskedTexts(texts: Iterable<string>): MaskedTexts {
  const byStart = new Map<string, string[]>();
  const bits = new Uint8Array(1 << 16);
  const beginnings = new Set<string>();
  for (const text of texts) {
    const start = text.slice(0, shortestSecret);
    byStart.set(start, [...(byStart.get(start) ?? []), text]);
    bits[hashOf(start)] = 1;
    for (let length = shortestBeginning; length < shortestSecret; length++) beginnings.add(text.slice(0, length));
  }
  return { byStart, bits, beginnings };
}

/** A text in full, as lines that come at once. */
export function maskText(texts: MaskedTexts, text: string): string {
  const mask = lineMask(texts);
  return [...text.split('\n').flatMap((line) => mask.push(line)), ...mask.flush()].join('\n');
}

export function outputMask(texts: MaskedTexts): OutputMask {
  const mask = lineMask(texts);
  const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
  return {
    push: (text) => joined((text.endsWith('\n') ? text.slice(0, -1) : text).split('\n').flatMap(mask.push)),
    flush: () => joined(mask.flush()),
  };
}

interface Held {
  readonly line: string;
  /** What to mask: first and past-the-last column, in no order. */
  readonly ranges: (readonly [number, number])[];
}

/** A text that has begun and whose end is not there yet. */
interface Open {
  readonly text: string;
  readonly matched: number;
  readonly line: number;
  readonly column: number;
}

export function lineMask(texts: MaskedTexts): LineMask {
  const held: Held[] = [];
  /** Number of the first line that is held. */
  let first = 0;
  let heldLength = 0;
  let hasMasked = false;
  let open: readonly Open[] = [];
  /** The last seven characters, with the place of each: a start may be broken over lines. */
  let carry = '';
  let places: (readonly [line: number, column: number])[] = [];

  const cover = (from: readonly [number, number], to: readonly [number, number]): void => {
    hasMasked = true;
    for (let line = Math.max(from[0], first); line <= to[0]; line++) {
      const { ranges, line: text } = held[line - first] ?? { ranges: [], line: '' };
      ranges.push([line === from[0] ? from[1] : 0, line === to[0] ? to[1] : text.length]);
    }
  };
  const goOn = (line: string, number: number): void => {
    const still: Open[] = [];
    for (const one of open) {
      const rest = one.text.slice(one.matched);
      if (line.startsWith(rest)) cover([one.line, one.column], [number, rest.length]);
      else if (rest.startsWith(line)) still.push({ ...one, matched: one.matched + line.length });
    }
    open = still;
  };
  const begin = (line: string, number: number): void => {
    const text = carry + line;
    const before = carry.length;
    const placeOf = (index: number): readonly [number, number] =>
      index < before ? (places[index] ?? [number, 0]) : [number, index - before];
    const { bits, byStart } = texts;
    let hash = 0;
    for (let index = 0; index < text.length; index++) {
      hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
      if (index >= shortestSecret) hash = (hash - Math.imul(text.charCodeAt(index - shortestSecret), leaving)) | 0;
      if (index < shortestSecret - 1 || index < before || bits[(hash ^ (hash >>> 16)) & 0xffff] === 0) continue;
      const at = index - shortestSecret + 1;
      for (const candidate of byStart.get(text.slice(at, index + 1)) ?? []) {
        const [line, column] = placeOf(at);
        if (text.startsWith(candidate, at)) cover([line, column], [number, at + candidate.length - before]);
        else if (candidate.startsWith(text.slice(at))) open = [...open, { text: candidate, matched: text.length - at, line, column }];
      }
    }
    const kept = Math.max(0, text.length - shortestSecret + 1);
    places = Array.from({ length: text.length - kept }, (_, offset) => placeOf(kept + offset));
    carry = text.slice(kept);
  };
  /** Number of the first line that must wait, for a text may have begun there. */
  const waiting = (next: number): number => {
    let earliest = open.reduce((least, { line }) => Math.min(least, line), next);
    for (let at = Math.max(0, carry.length - shortestSecret + 1); at <= carry.length - shortestBeginning; at++)
      if (texts.beginnings.has(carry.slice(at))) earliest = Math.min(earliest, places[at]?.[0] ?? next);
    return earliest;
  };
  const release = (until: number): readonly string[] => {
    const lines = held.splice(0, Math.max(0, until - first));
    first += lines.length;
    for (const { line } of lines) heldLength -= line.length + 1;
    return lines.map(withRanges);
  };
  return {
    push: (line) => {
      const number = first + held.length;
      held.push({ line, ranges: [] });
      goOn(line, number);
      begin(line, number);
      heldLength += line.length + 1;
      const isTooMuch = held.length > 1 && heldLength > mostHeld;
      if (isTooMuch) open = [];
      return release(isTooMuch ? number + 1 : waiting(number + 1));
    },
    flush: () => release(first + held.length),
    hasMasked: () => hasMasked,
  };
}

/** 31 to the power of the length of a start, as 32 bits: what the character that leaves the window had come to. */
const leaving = Array.from({ length: shortestSecret }).reduce<number>((power) => Math.imul(power, 31), 1);

function hashOf(start: string): number {
  let hash = 0;
  for (let index = 0; index < start.length; index++) hash = (Math.imul(hash, 31) + start.charCodeAt(index)) | 0;
  return (hash ^ (hash >>> 16)) & 0xffff;
}

function withRanges({ line, ranges }: Held): string {
  if (ranges.length === 0) return line;
  let shown = '';
  let end = 0;
  for (const [from, to] of ranges.toSorted((one, other) => one[0] - other[0])) {
    if (to <= from) continue; // an empty line between two parts
    if (from > end || end === 0) shown += `${line.slice(end, from)}${masked}`;
    end = Math.max(end, to);
  }
  return shown + line.slice(end);
}
