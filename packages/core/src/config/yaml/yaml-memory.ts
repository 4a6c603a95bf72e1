import { join } from 'node:path';
import { canonicalJson, type Json } from '@tidegate/formats';
import { digestOfBytes, keepHeapSmall, readTextIfThere, writeFileAtomically } from '../../platform/index.ts';
import { readYaml, type ReadYaml, type YamlDocument } from './yaml-document.ts';
import { yamlLimits } from './yaml-limits.ts';

/** Raised when the same text comes to mean another value. */
const reading = 1;

/** Texts up to this length are parsed as quickly as they are remembered. */
const shortText = 4_096;

/** What is parsed of a text takes a hundred times its room, for a moment: from this length on that is most of what a run ever takes. */
const longText = 256 << 10;

/**
 * As {@link readYaml}, for a file that is read again and again: the value of a text without a mistake is remembered in `folder`, one for
 * each `place`, and taken again as long as the text is the same to the byte. Places are found by parsing, when somebody asks for one.
 * Format: docs/reference/formats/parsed-yaml.md.
 */
export async function readYamlAgain(
  file: string,
  text: string,
  memory: { readonly folder: string; readonly place: string },
): Promise<ReadYaml> {
  if (text.length <= shortText) return readYaml(file, text);
  const path = join(memory.folder, `${digestOfBytes(memory.place).slice(7, 39)}.json`);
  const known = valueIn(await readTextIfThere(path).catch(() => null), text); // what cannot be read is no memory
  if (known !== undefined) return { document: documentOf(file, text, known), diagnostics: [], others: 0 };
  if (text.length > longText) keepHeapSmall();
  const read = readYaml(file, text);
  if (read.document === null || read.diagnostics.length > 0) return read;
  await writeFileAtomically(path, memoryOf(text, read.document.value)).catch(() => undefined); // a full disk must not keep a file from being read
  return { document: documentOf(file, text, read.document.value), diagnostics: [], others: 0 }; // not what was parsed: that may go
}

/** Two lines: what of, and with which digest; then the value. */
function memoryOf(text: string, value: Json): string {
  const line = JSON.stringify(value);
  return `${headOf(text, line)}\n${line}\n`;
}

function headOf(text: string, line: string): string {
  return canonicalJson({
    format: 'tidegate.parsed-yaml/1',
    reading,
    limits: yamlLimits,
    text: digestOfBytes(text),
    value: digestOfBytes(line),
  });
}

/** Undefined when the memory is of another text, damaged, or not there. */
function valueIn(memory: string | null, text: string): Json | undefined {
  const [head, line] = memory?.split('\n') ?? [];
  return line !== undefined && head === headOf(text, line) ? (JSON.parse(line) as Json) : undefined;
}

function documentOf(file: string, text: string, value: Json): YamlDocument {
  let parsed: YamlDocument | null = null;
  return {
    file,
    value,
    placeOf: (path, at) => {
      parsed ??= readYaml(file, text).document;
      if (parsed === null) throw new Error(`Cannot parse "${file}" again, which could be parsed before; please report this`);
      return parsed.placeOf(path, at);
    },
  };
}
