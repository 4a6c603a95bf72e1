import { basename, join, relative } from 'node:path';
import { createPublicKey } from 'node:crypto';
import { type Digest, failure } from '@tidegate/formats';
import { readPublicKey, type Trust, type VerifiedModel, verifySignature } from '@tidegate/runtime';
import { type FileScan, findingsIn, requireSafe, scanFiles, unsafe } from '../../models/index.ts';
import { digestOfFile, entriesBelow, exists, mkdtemp, readFile, readTextIfThere, rm, stat, tmpdir } from '../../platform/index.ts';
import type { Project } from '../project.ts';
import { findModel } from './find-model.ts';
import { modelKey } from './model-key.ts';

export interface VerifyRequest {
  /** Absolute: a model's folder, or its only file. */
  readonly path: string;
  /** Absolute; null: `model.sig` in the folder, `FILE.sig` beside a file. */
  readonly signature: string | null;
  /** PEM file with the public key of the signer; null with `certificate` null: the key of this home. */
  readonly key: string | null;
  /** PEM file with certificates whose holders vouch for signers. */
  readonly certificate: string | null;
  /** Who must have signed without a key of their own; null: nobody. */
  readonly keyless: KeylessRequest | null;
  /** Names that pickles may use besides those on the list. */
  readonly trust: readonly string[];
  readonly now: Date;
}

/** An identity that a trusted root must vouch for. */
export interface KeylessRequest {
  /** File: `trusted_root.json` of Sigstore. */
  readonly root: string;
  readonly identity: string;
  readonly issuer: string;
}

export interface VerifiedFolder {
  readonly scans: readonly FileScan[];
  readonly signature: VerifiedModel;
}

/** Name of the signature in a folder of a model. */
export const signatureName = 'model.sig';

/**
 * Verifies the signature of a model on disk, then looks through every file. Nothing of it is loaded.
 *
 * @throws TG-MODELS-SIGNATURE, TG-MODELS-UNSAFE
 */
export async function verifyModelFolder(project: Pick<Project, 'home'>, request: VerifyRequest): Promise<VerifiedFolder> {
  const { path, trust: own } = request;
  if (!(await exists(path))) throw failure('TG-CLI-NOT-FOUND', `Cannot verify "${path}": there is no such file or folder`, null);
  const signature = await verifyFiles(project, request);
  const scans = await scanModelFolder(path, own);
  const findings = findingsIn(scans);
  if (findings.length > 0) throw unsafe(basename(path), findings, 'option');
  return { scans, signature };
}

async function verifyFiles(project: Pick<Project, 'home'>, { path, signature, ...believed }: VerifyRequest): Promise<VerifiedModel> {
  const isFolder = (await stat(path)).isDirectory();
  const at = signature ?? (isFolder ? join(path, signatureName) : `${path}.sig`);
  const bundle = await readTextIfThere(at);
  if (bundle === null)
    throw failure(
      'TG-MODELS-SIGNATURE',
      `Cannot trust the signature of "${path}": there is none at "${at}"`,
      'Name it with "--signature FILE"',
    );
  const within = relative(path, at);
  const isInside = isFolder && within !== '' && !within.startsWith('..');
  return verifySignature(path, bundle, { trust: await trustOf(project, believed), ignored: isInside ? [within] : [] });
}

async function trustOf(
  project: Pick<Project, 'home'>,
  { key, certificate, keyless, now }: Pick<VerifyRequest, 'key' | 'certificate' | 'keyless' | 'now'>,
): Promise<Trust> {
  if (keyless !== null) return { ...keyless, kind: 'keyless', root: await readFile(keyless.root, 'utf8') };
  if (certificate !== null) return { kind: 'certificates', certificates: [await readFile(certificate, 'utf8')], now };
  if (key === null) return { kind: 'key', key: createPublicKey(await modelKey(project)) };
  const read = readPublicKey(await readFile(key, 'utf8'));
  if (read !== null) return { kind: 'key', key: read };
  throw failure('TG-CLI-USAGE', `Cannot verify with the key "${key}": it is no public key of a curve P-256, P-384 or P-521 in PEM`, null);
}

/** A version of the project, looked through again. */
export interface VerifiedModelVersion {
  readonly version: Digest;
  readonly scan: FileScan | null;
}

/**
 * Takes the file of a model version out of the store, holds it against the digest that it is registered by, and looks through it by the list of today.
 *
 * @throws TG-CLI-NOT-FOUND; TG-STORE-… for a file that is damaged; TG-MODELS-SIGNATURE, TG-MODELS-UNSAFE
 */
export async function verifyModelVersion(project: Project, name: string): Promise<VerifiedModelVersion> {
  const { digest: version, version: record } = findModel(project, name);
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-verify-'));
  try {
    const path = join(folder, record.file);
    await project.store.checkOut(record.artifact, path);
    const found = await digestOfFile(path);
    if (found !== record.artifact)
      throw failure(
        'TG-MODELS-SIGNATURE',
        `Cannot trust the model version "${version}": its file is another one, with the digest "${found}"`,
        'Look for damage: tidegate doctor',
      );
    const trust = project.config.models[record.model]?.trust ?? [];
    return { version, scan: await requireSafe({ model: record.model, path, flavor: record.flavor, trust }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Looks through every file of a model's folder, or its only file; signatures are texts. */
export async function scanModelFolder(path: string, own: readonly string[]): Promise<readonly FileScan[]> {
  const isFolder = (await stat(path)).isDirectory();
  const files = isFolder ? entriesBelow(path).files : [''];
  const read = await Promise.all(
    files.map(async (file) => ({ path: isFolder ? file : basename(path), bytes: await readFile(isFolder ? join(path, file) : path) })),
  );
  return scanFiles(read, own);
}
