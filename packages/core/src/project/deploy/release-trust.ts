import { createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import { type Digest, failure } from '@tidegate/formats';
import { keysIn } from '@tidegate/runtime';
import { type ReleaseSignature, type ReleaseTrust, trustedSignature } from '../../packaging/index.ts';
import { readTextIfThere } from '../../platform/index.ts';
import { modelKey } from '../models/model-key.ts';
import type { Project } from '../project.ts';

/** Whose signatures of releases count: the keys that `signatures.trusted` names and no other; without any that of this home. @throws TG-SECRETS-KEY */
export async function releaseTrust(project: Pick<Project, 'root' | 'config' | 'home'>): Promise<ReleaseTrust> {
  const { required, trusted } = project.config.signatures;
  if (trusted.length === 0) return { keys: [createPublicKey(await modelKey(project))], required };
  const keys = await Promise.all(trusted.map((path) => keysOfFile(project.root, path)));
  return { keys: keys.flat(), required };
}

/** The signature that a release is held against before it is used. @throws TG-DEPLOY-UNSIGNED, TG-SECRETS-KEY */
export async function signatureFor(project: Project, release: Digest): Promise<ReleaseSignature | null> {
  return trustedSignature(project.state, release, await releaseTrust(project));
}

async function keysOfFile(root: string, path: string): Promise<ReleaseTrust['keys']> {
  const text = await readTextIfThere(join(root, path));
  if (text !== null) return keysIn(text, path);
  throw failure(
    'TG-SECRETS-KEY',
    `Cannot trust the keys in "${path}": there is no such file`,
    'Ask whoever signs for the public key: tidegate models key',
  );
}
