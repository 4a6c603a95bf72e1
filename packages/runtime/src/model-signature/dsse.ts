import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** The type of what a signature of a model signs. */
export const payloadType = 'application/vnd.in-toto+json';

/** Curves of OMS's registry of algorithms, each with the hash that Sigstore pairs it with. */
const hashOfCurve: Readonly<Record<string, string>> = { prime256v1: 'sha256', secp384r1: 'sha384', secp521r1: 'sha512' };

/** What is signed instead of the payload itself: DSSE's pre-authentication encoding (github.com/secure-systems-lab/dsse, protocol.md, v1.0.0). */
function preAuthentication(payload: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
}

/** @returns null when OMS does not know the kind of key */
export function hashOf(key: KeyObject): string | null {
  return hashOfCurve[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? null;
}

/** @returns null when the text is no key of a kind that OMS knows */
export function readPublicKey(pem: string): KeyObject | null {
  return keyOr(() => createPublicKey(pem));
}

/** As {@link readPublicKey}, of the key that signs. */
export function readPrivateKey(pem: string): KeyObject | null {
  return keyOr(() => createPrivateKey(pem));
}

function keyOr(read: () => KeyObject): KeyObject | null {
  try {
    const key = read();
    return hashOf(key) === null ? null : key;
  } catch {
    return null;
  }
}

/** ECDSA in DER. @throws Error (a bug) for a key that {@link readPrivateKey} would not give */
export function signPayload(payload: Uint8Array, key: KeyObject): Uint8Array {
  return sign(hashOf(key), preAuthentication(payload), key);
}

export function isSignedBy(payload: Uint8Array, signature: Uint8Array, key: KeyObject): boolean {
  const hash = hashOf(key);
  return hash !== null && verify(hash, preAuthentication(payload), key, signature);
}

/** By which a signature tells which key it is of: SHA-256 of the public key as PEM. */
export function hintOf(key: KeyObject): string {
  return createHash('sha256').update(publicPem(key)).digest('hex');
}

/** The public half of a key as PEM: what others verify with. */
export function publicPem(key: KeyObject): string {
  const open = key.type === 'private' ? createPublicKey(key) : key;
  return open.export({ type: 'spki', format: 'pem' }).toString();
}
