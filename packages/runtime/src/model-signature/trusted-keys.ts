import type { KeyObject } from 'node:crypto';
import { failure, shape } from '@tidegate/formats';
import { hintOf, readPublicKey } from './dsse.ts';
import { refused } from './refused.ts';
import { type VerifiedModel, verifySignature } from './verify-signature.ts';

/**
 * The public keys of a text, PEM, one after the other.
 *
 * @param name what the text is called in errors
 * @throws TG-SECRETS-KEY when there is none, or one of another kind than OMS knows
 */
export function keysIn(text: string, name: string): readonly KeyObject[] {
  const keys = (text.match(/-----BEGIN PUBLIC KEY-----[\s\S]+?-----END PUBLIC KEY-----/g) ?? []).map(readPublicKey);
  if (keys.length > 0 && keys.every((key) => key !== null)) return keys.filter((key) => key !== null);
  throw failure(
    'TG-SECRETS-KEY',
    `Cannot trust the keys in "${name}": ${keys.length === 0 ? 'it has no public key in PEM' : 'one is no public key of a curve P-256, P-384 or P-521'}`,
    'Ask whoever signs for the public key: tidegate models key',
  );
}

/**
 * As {@link verifySignature}, by whichever of the keys the signature says it is of.
 *
 * @throws TG-MODELS-SIGNATURE, for a key that is none of these as well
 */
export async function verifyByAnyKey(
  root: string,
  bundle: string,
  keys: readonly KeyObject[],
  ignored: readonly string[],
): Promise<VerifiedModel> {
  const hint = signerOf(bundle);
  const key = keys.find((one) => hintOf(one) === hint);
  if (key === undefined)
    throw refused(
      root,
      hint === null ? 'it does not say which key it is of' : `it is of the key ${hint.slice(0, 16)}…, which is not trusted`,
    );
  return verifySignature(root, bundle, { trust: { kind: 'key', key }, ignored });
}

const bundleShape = shape.object(
  {
    verificationMaterial: shape.required(
      shape.object({ publicKey: shape.required(shape.object({ hint: shape.required(shape.text()) }, { open: true })) }, { open: true }),
    ),
  },
  { open: true },
);

/** Which key a signature says that it is of, by {@link hintOf}; null when it does not say. Anybody can write anything there. */
export function signerOf(bundle: string): string | null {
  try {
    const read = shape.parse(bundleShape, JSON.parse(bundle));
    return read.ok ? read.value.verificationMaterial.publicKey.hint : null;
  } catch {
    return null;
  }
}
