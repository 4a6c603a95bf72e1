import { failed, ok, type Result } from '@tidegate/formats';
import type { Mistake } from './mistake.ts';
import { yamlLimits } from './yaml-limits.ts';

/** What YAML 1.2 calls non-printable: control characters besides tab and line ends, and halves of surrogate pairs. */
const unprintable =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

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
  const found = unprintable.exec(text);
  if (found === null) return null;
  const code = text.charCodeAt(found.index).toString(16).toUpperCase().padStart(4, '0');
  return {
    code: 'TG-CONFIG-NOT-TEXT',
    message: `Cannot read the file as text: it holds the character U+${code}`,
    hint: 'Delete the character; in a value in double quotes it can be written as an escape',
    from: found.index,
    to: found.index + 1,
  };
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
