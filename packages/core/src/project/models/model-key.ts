import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { failure } from '@tidegate/formats';
import { readPrivateKey } from '../../models/index.ts';
import { keyFile } from '../../secrets/index.ts';
import type { Project } from '../project.ts';

/**
 * The key that models are signed with where none is given: of the home, made when it is first needed, readable by its owner only.
 *
 * @throws TG-SECRETS-KEY when others can read it, or it is none
 */
export async function modelKey({ home }: Pick<Project, 'home'>): Promise<KeyObject> {
  const made = (): string =>
    generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const key = readPrivateKey(await keyFile(home.modelKey, made));
  if (key !== null) return key;
  throw failure(
    'TG-SECRETS-KEY',
    `Cannot sign with the key "${home.modelKey}": it is no private key of an elliptic curve in PEM`,
    `Bring back the file, or take it away, and another is made: rm ${home.modelKey}`,
  );
}

/** The public half as PEM: what others verify with. */
export function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}
