import type { Digest } from '@tidegate/formats';

/** Every digest that a text names, each once: whatever a record is about, it names objects in this form and in no other. */
export function digestsIn(text: string): ReadonlySet<Digest> {
  return new Set((text.match(/\bsha256:[0-9a-f]{64}\b/g) ?? []) as Digest[]);
}
