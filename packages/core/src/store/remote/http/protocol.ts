import { type Digest, digestOfHex, hexOf } from '@tidegate/formats';
import type { Condition } from '../remote-files.ts';

/** What a client and a server of a remote agree on. Specification: docs/reference/formats/remote-http.md. */
export const protocol = 'tidegate.remote-http/1';

/** A file up to here is put by one request; a longer one is uploaded piece by piece. */
export const longestPut = 8 << 20;

/** Media type of a piece, as in draft-ietf-httpbis-resumable-upload. */
export const partialUpload = 'application/partial-upload';

export type Headers = { readonly [name: string]: string | undefined };

export function entityTag(tag: string): string {
  return `"${tag}"`;
}

export function tagIn(header: string | undefined): string | null {
  return /^"([^"]*)"$/.exec(header ?? '')?.[1] ?? null;
}

export function conditionHeaders(onlyIf: Condition): { readonly [name: string]: string } {
  if (onlyIf === null) return {};
  return onlyIf === 'absent' ? { 'if-none-match': '*' } : { 'if-match': entityTag(onlyIf.tag) };
}

/** `unclear` for headers that say nothing that this protocol knows. */
export function conditionIn(headers: Headers): Condition | 'unclear' {
  const [match, noneMatch] = [headers['if-match'], headers['if-none-match']];
  if (match === undefined && noneMatch === undefined) return null;
  if (match === undefined) return noneMatch === '*' ? 'absent' : 'unclear';
  const tag = noneMatch === undefined ? tagIn(match) : null;
  return tag === null ? 'unclear' : { tag };
}

/** RFC 9530: the digest of the whole file, whatever part of it is on its way. */
export function reprDigest(digest: Digest): string {
  return `sha-256=:${Buffer.from(hexOf(digest), 'hex').toString('base64')}:`;
}

export function digestIn(header: string | undefined): Digest | null {
  const text = /^sha-256=:([A-Za-z0-9+/]{43}=):$/.exec(header ?? '')?.[1];
  return text === undefined ? null : digestOfHex(Buffer.from(text, 'base64').toString('hex'));
}
