import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '@tidegate/formats';
import { keysIn, verifyByAnyKey } from '@tidegate/runtime';

/** The signature over a release folder, beside what it is of. */
const signatureName = 'model.sig';

/**
 * Holds every file of a release against its signature, before anything of it is loaded.
 *
 * @param trusted public keys in PEM, or the path of a file with them
 * @throws TG-MODELS-SIGNATURE with the file that is not what was signed; TG-SECRETS-KEY, TG-SERVING-ARGUMENTS for keys that cannot be read
 */
export async function requireSigned(folder: string, trusted: string): Promise<void> {
  const keys = trusted.startsWith('-----BEGIN') ? keysIn(trusted, '--trusted-keys') : keysIn(await readKeys(trusted), trusted);
  const bundle = await readFile(join(folder, signatureName), 'utf8').catch(() => null);
  if (bundle !== null) return void (await verifyByAnyKey(folder, bundle, keys, [signatureName]));
  throw failure(
    'TG-MODELS-SIGNATURE',
    `Cannot trust the release "${folder}": it has no signature, "${signatureName}"`,
    'Get the whole folder from whoever made the release, written by "tidegate release FOLDER"',
  );
}

async function readKeys(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw failure(
      'TG-SERVING-ARGUMENTS',
      `Cannot read the trusted keys "${path}"`,
      'Name a file with public keys in PEM: --trusted-keys FILE',
      error,
    );
  });
}
