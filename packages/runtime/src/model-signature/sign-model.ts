import type { KeyObject } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { hintOf, payloadType, signPayload } from './dsse.ts';
import { alwaysIgnored, compareCodePoints, filesOf, type Resource, resourcesOf, rootDigest, type Serialization } from './signed-files.ts';

/** Of a Sigstore bundle, as OMS v1.0 has it. */
export const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
export const statementType = 'https://in-toto.io/Statement/v1';
export const predicateType = 'https://model_signing/signature/v1.0';

/** By what a model is signed: a key alone, or one with a certificate and those that vouch for it, the root left out. */
export interface Signer {
  readonly key: KeyObject;
  /** DER, the certificate of the key first; null for a key alone. */
  readonly certificates: readonly Uint8Array[] | null;
}

/**
 * Signs every file of a model in the OpenSSF Model Signing format v1.0: a Sigstore bundle with a DSSE envelope around an in-toto statement. No
 * network is asked.
 *
 * @param ignored paths relative to the model that are left out, the signature itself for one
 * @returns the bundle, to be kept as a `.sig` file
 * @throws TG-MODELS-SIGNATURE when the model has symbolic links or no files
 */
export async function signModel(root: string, signer: Signer, ignored: readonly string[] = []): Promise<string> {
  const serialization = wholeFiles(ignored);
  const resources = await resourcesOf(root, await filesOf(root, ignored), serialization);
  return bundleOf({ name: basename(resolve(root)), resources, serialization }, signer);
}

/** Files of a model whose digests are known. */
export interface KnownFiles {
  /** What the signature calls the model. */
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

/** As {@link signModel}, without reading anything. */
export function signKnownFiles({ name, files }: KnownFiles, signer: Signer, ignored: readonly string[] = []): string {
  const resources = files
    .map(({ path, sha256 }): Resource => ({ name: path, algorithm: 'sha256', digest: sha256 }))
    .toSorted((a, b) => compareCodePoints(a.name, b.name));
  return bundleOf({ name, resources, serialization: wholeFiles(ignored) }, signer);
}

function wholeFiles(ignored: readonly string[]): Serialization {
  return { method: 'files', hash_type: 'sha256', allow_symlinks: false, ignore_paths: [...ignored, ...alwaysIgnored] };
}

interface ToSign {
  readonly name: string;
  readonly resources: readonly Resource[];
  readonly serialization: Serialization;
}

function bundleOf({ name, resources, serialization }: ToSign, signer: Signer): string {
  const statement = {
    _type: statementType,
    subject: [{ name, digest: { sha256: rootDigest(resources) } }],
    predicateType,
    predicate: { serialization, resources },
  };
  const payload = Buffer.from(JSON.stringify(statement));
  const bundle = {
    mediaType,
    verificationMaterial: { ...materialOf(signer), tlogEntries: [] },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType,
      signatures: [{ sig: Buffer.from(signPayload(payload, signer.key)).toString('base64'), keyid: '' }],
    },
  };
  return `${JSON.stringify(bundle, null, 2)}\n`;
}

function materialOf({ key, certificates }: Signer): object {
  if (certificates === null) return { publicKey: { hint: hintOf(key) } };
  return { x509CertificateChain: { certificates: certificates.map((der) => ({ rawBytes: Buffer.from(der).toString('base64') })) } };
}
