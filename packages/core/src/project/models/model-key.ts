import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { failure } from '@tidegate/formats';
import { hintOf, publicPem, readPrivateKey } from '@tidegate/runtime';
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

/** By what others verify what this home signs. */
export interface SigningKey {
  /** PEM. */
  readonly publicKey: string;
  /** By which signatures tell that they are of it: SHA-256 of the PEM. */
  readonly hint: string;
}

/** The public half of {@link modelKey}. @throws TG-SECRETS-KEY */
export async function signingKey(project: Pick<Project, 'home'>): Promise<SigningKey> {
  const key = await modelKey(project);
  return { publicKey: publicPem(key), hint: hintOf(key) };
}
