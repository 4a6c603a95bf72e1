import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { canonicalJson, failure, type RowTombstone } from '@tidegate/formats';
import { keyFile } from '../../secrets/index.ts';

/** A tombstone before it is signed. */
export type UnsignedTombstone = Omit<RowTombstone, 'publicKey' | 'signature'>;

/**
 * Signs with the key of the home, which is made when it is first needed.
 *
 * @param path of the key
 * @throws TG-SECRETS-KEY when others can read the key, or it is none
 */
export async function signTombstone(unsigned: UnsignedTombstone, path: string): Promise<RowTombstone> {
  const key = await signingKey(path);
  const signed = { ...unsigned, publicKey: publicText(createPublicKey(key)) };
  return { ...signed, signature: sign(null, Buffer.from(canonicalJson(signed)), key).toString('base64') };
}

/** The public key of the home, as tombstones have it. @throws as {@link signTombstone} */
export async function publicKeyOf(path: string): Promise<string> {
  return publicText(createPublicKey(await signingKey(path)));
}

/** Whether the signature is that of the key that the tombstone names. Whose key that is, is for the reader to know. */
export function isSigned({ signature, ...signed }: RowTombstone): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(signed.publicKey, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(canonicalJson(signed)), key, Buffer.from(signature, 'base64'));
  } catch {
    return false; // no key, or none that Node knows
  }
}

async function signingKey(path: string): Promise<KeyObject> {
  const text = await keyFile(path, () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw failure(
      'TG-SECRETS-KEY',
      `Cannot sign with the key "${path}": it is no private key in PEM`,
      `Bring back the file, or take it away, and another is made: rm ${path}`,
      error,
    );
  }
}

function publicText(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).toString('base64');
}
