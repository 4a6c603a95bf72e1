import { type Json, recordJson } from '@tidegate/formats';
import { createReadStream } from '../../platform/index.ts';
import { lineMask, maskedTexts, maskText, outputMask, type OutputMask } from './mask.ts';
import { secretForms, tellingForms } from './secret-forms.ts';
import type { SecretValues } from './secrets.ts';

/** Keeps the secrets of one step out of everything that is kept or shown of it. */
export interface Masking {
  /** Values by variable, for the process of the step and for nothing else. */
  readonly values: SecretValues;
  readonly text: (text: string) => string;
  /** The record with every text in it masked, names included. */
  readonly record: <T extends object>(record: T) => T;
  /** For what one stream prints. */
  readonly output: () => OutputMask;
  /** The variable whose secret a file holds, in any form that would give it away; null for none. What is compressed or encrypted is not seen. */
  readonly foundIn: (path: string) => Promise<string | null>;
}

export function maskingOf(values: SecretValues): Masking {
  const texts = maskedTexts(Object.values(values).flatMap((value) => [...secretForms(value)]));
  const text = (clear: string): string => maskText(texts, clear);
  return {
    values,
    text,
    record: (record) => withTexts(recordJson(record), text) as typeof record,
    output: () => outputMask(texts),
    foundIn: (path) => foundInFile(path, values),
  };
}

function withTexts(value: Json, turn: (text: string) => string): Json {
  if (typeof value === 'string') return turn(value);
  if (Array.isArray(value)) return value.map((item: Json) => withTexts(item, turn));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [turn(name), withTexts(member, turn)]));
}

/** Bytes are looked at as Latin-1, so the texts are laid out as their bytes in UTF-8. */
async function foundInFile(path: string, values: SecretValues): Promise<string | null> {
  const masks = Object.entries(values).map(([variable, value]) => {
    const forms = [...tellingForms(value)].map((form) => Buffer.from(form).toString('latin1'));
    return { variable, mask: lineMask(maskedTexts(forms)) };
  });
  for await (const chunk of createReadStream(path, { encoding: 'latin1', highWaterMark: 1 << 20 })) {
    const text = String(chunk).replaceAll(/[\r\n]/g, '');
    for (const { mask } of masks) mask.push(text);
    const found = masks.find(({ mask }) => mask.hasMasked());
    if (found !== undefined) return found.variable;
  }
  return null;
}
