/** A SHA-256 in the form `sha256:` and 64 lower-case hexadecimal digits: the identity of every object and record. */
export type Digest = string & { readonly __brand: 'Digest' };

const form = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return form.test(text);
}

/** @throws TypeError when the text is not a digest. */
export function digest(text: string): Digest {
  if (!isDigest(text)) throw new TypeError(`Cannot read a digest: "${text}" is not "sha256:" and 64 hexadecimal digits`);
  return text;
}

/** The digest of 64 hexadecimal digits, as a hash function prints them. */
export function digestOfHex(hex: string): Digest {
  return digest(`sha256:${hex}`);
}

export function hexOf(value: Digest): string {
  return value.slice('sha256:'.length);
}

/** Twelve hexadecimal digits: enough for a person to tell two objects apart; never used as a key. */
export function shortDigest(value: Digest): string {
  return hexOf(value).slice(0, 12);
}
