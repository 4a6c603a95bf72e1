import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { publicPem, signModel } from '@tidegate/runtime';
import { requireSigned } from './require-signed.ts';
import { makeRelease } from './test-release.ts';

const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;

async function signedRelease(t: TestContext): Promise<{ readonly folder: string; readonly key: KeyObject; readonly pem: string }> {
  const { folder, remove } = await makeRelease({
    file: 'python/linear.py',
    flavor: 'function',
    signature: { task: 'regression', inputs: [], classes: [] },
  });
  t.after(remove);
  const key = newKey();
  await writeFile(join(folder, 'model.sig'), await signModel(folder, { key, certificates: null }, ['model.sig']));
  return { folder, key, pem: publicPem(key) };
}

test('a release whose every file is as it was signed may be served, by a key given as a text or as a file of several', async (t) => {
  const { folder, pem } = await signedRelease(t);
  const keys = `${folder}.pem`;
  await writeFile(keys, `${publicPem(newKey())}${pem}`);
  t.after(() => rm(keys));

  await requireSigned(folder, pem);
  await requireSigned(folder, keys);
});

test('hostile 40: a changed, added or linked file is named, and so is a key that is not trusted and a signature that is not there', async (t) => {
  for (const [change, why] of [
    [(folder: string) => writeFile(join(folder, 'model/linear.py'), 'import os'), /"model\/linear.py" is not what was signed/],
    [(folder: string) => writeFile(join(folder, 'release.json'), '{}'), /"release.json" is not what was signed/],
    [(folder: string) => writeFile(join(folder, 'model/more.py'), ''), /"model\/more.py" is there and not signed/],
    [(folder: string) => symlink('linear.py', join(folder, 'model/link.py')), /"model\/link.py" is a symbolic link/],
    [(folder: string) => rm(join(folder, 'model.sig')), /it has no signature/],
  ] as const) {
    const { folder, pem } = await signedRelease(t);
    await change(folder);
    await assert.rejects(requireSigned(folder, pem), why);
  }
  const { folder } = await signedRelease(t);
  await assert.rejects(requireSigned(folder, publicPem(newKey())), /which is not trusted/);
  await assert.rejects(requireSigned(folder, '/no/where.pem'), /TG-SERVING-ARGUMENTS: Cannot read the trusted keys/);
  await assert.rejects(requireSigned(folder, join(folder, 'release.json')), /TG-SECRETS-KEY: .*no public key in PEM/);
});
