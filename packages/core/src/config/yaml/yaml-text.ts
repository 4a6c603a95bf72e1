import { failed, ok, type Result } from '@tidegate/formats';
import type { Mistake } from './mistake.ts';
import { yamlLimits } from './yaml-limits.ts';

/** Bytes of a file as text. Refuses what is too long and what is not UTF-8; a byte order mark is taken off. */
export function decodeYaml(bytes: Uint8Array): Result<string, Mistake> {
  if (bytes.byteLength > yamlLimits.bytes) return failed(tooLong(bytes.byteLength));
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return failed({
      code: 'TG-CONFIG-NOT-TEXT',
      message: 'Cannot read the file as text: its bytes are not UTF-8',
      hint: 'Save the file as UTF-8',
      from: 0,
      to: 0,
    });
  }
}

/** @returns what keeps a text from being read at all: its length or a character that no text file has. */
export function mistakeOfText(text: string): Mistake | null {
  if (text.length > yamlLimits.bytes) return tooLong(text.length);
  const found = firstUnprintable(text);
  if (found === null) return null;
  const code = text.charCodeAt(found).toString(16).toUpperCase().padStart(4, '0');
  return {
    code: 'TG-CONFIG-NOT-TEXT',
    message: `Cannot read the file as text: it holds the character U+${code}`,
    hint: 'Delete the character; in a value in double quotes it can be written as an escape',
    from: found,
    to: found + 1,
  };
}

/** Index of what YAML 1.2 (production c-printable) does not allow: control characters besides tab and line ends, halves of characters. */
function firstUnprintable(text: string): number | null {
  const wellFormed = text.isWellFormed();
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const isControl = code < 0x20 ? code !== 0x09 && code !== 0x0a && code !== 0x0d : code === 0x7f || code >= 0xfffe;
    if (isControl) return at;
    if (wellFormed || code < 0xd800 || code > 0xdfff) continue;
    if (!text.slice(at, at + 2).isWellFormed()) return at;
    at += 1;
  }
  return null;
}

function tooLong(found: number): Mistake {
  return {
    code: 'TG-CONFIG-YAML-LIMIT',
    message: `Cannot read the file: it has ${found} bytes and may have ${yamlLimits.bytes}`,
    hint: 'Move data out of the file',
    from: 0,
    to: 0,
  };
}
