import type { KeyObject } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { shape } from '@tidegate/formats';
import { trustedKey } from './certificate-chain.ts';
import { hintOf, isSignedBy, payloadType } from './dsse.ts';
import { refused } from './refused.ts';
import { mediaType, predicateType, statementType } from './sign-model.ts';
import { type KeylessTrust, verifyKeyless } from './verify-keyless.ts';
import { compareCodePoints, filesOf, type Resource, resourcesOf, rootDigest, type Serialization } from './signed-files.ts';

/** Whom to believe: a key, certificates whose holders vouch for signers, or an identity that a trusted root vouches for. */
export type Trust =
  | KeylessTrust
  | { readonly kind: 'key'; readonly key: KeyObject }
  /** PEM; `now` is when they must be valid. */
  | { readonly kind: 'certificates'; readonly certificates: readonly string[]; readonly now: Date };

export interface VerifyOptions {
  readonly trust: Trust;
  /** Paths relative to the model that are left out, besides those that the signature names. Default none. */
  readonly ignored?: readonly string[];
  /** Whether files that are not signed may be there. Default false. */
  readonly allowUnsigned?: boolean;
}

/** What a signature says that was found to hold. */
export interface VerifiedModel {
  /** Paths of the files that are signed. */
  readonly files: readonly string[];
  /** SHA-256 over all digests: the one digest of what was signed. */
  readonly digest: string;
  /** By which the key is told: SHA-256 of it as PEM; of a keyless signature who has signed. */
  readonly key: string;
}

/**
 * Verifies a signature in the OpenSSF Model Signing format v1.0 against the files that it is of, without a network. Every doubt is a refusal. Signed
 * by a key, by a certificate, or without a key of its own (Sigstore keyless). The format of 0.2.0, which signed nothing but a list, is refused.
 *
 * @throws TG-MODELS-SIGNATURE with the reason, and where it is a file with its name
 */
export async function verifySignature(root: string, bundle: string, options: VerifyOptions): Promise<VerifiedModel> {
  const { payload, signer } = await openBundle(root, bundle, options.trust);
  const { resources, serialization } = readStatement(root, payload);
  const ignored = [...(serialization.ignore_paths ?? []), ...(options.ignored ?? [])];
  const files = await filesOf(root, ignored);
  const isOneFile = (await stat(root)).isFile();
  // older signers wrote "." for a model that is one file
  const found = await resourcesOf(root, files, serialization);
  const signed = isOneFile ? resources.map((one) => (one.name === '.' ? { ...one, name: basename(root) } : one)) : resources;
  compareResources(root, { signed, found, allowUnsigned: options.allowUnsigned ?? false });
  return { files: [...new Set(signed.map(({ name }) => fileOf(name, serialization)))], digest: rootDigest(resources), key: signer };
}

function fileOf(name: string, { method }: Serialization): string {
  return method === 'files' ? name : name.replace(/:\d+:\d+$/, '');
}

const text = shape.text();
const bundleShape = shape.object(
  {
    mediaType: shape.required(text),
    verificationMaterial: shape.required(
      shape.object(
        {
          publicKey: shape.optional(shape.object({}, { open: true })),
          x509CertificateChain: shape.optional(
            shape.object(
              { certificates: shape.required(shape.list(shape.object({ rawBytes: shape.required(text) }, { open: true }))) },
              { open: true },
            ),
          ),
        },
        { open: true },
      ),
    ),
    dsseEnvelope: shape.required(
      shape.object(
        {
          payload: shape.required(text),
          payloadType: shape.required(text),
          signatures: shape.required(shape.list(shape.object({ sig: shape.required(text) }, { open: true }))),
        },
        { open: true },
      ),
    ),
  },
  { open: true },
);

type Bundle = shape.TypeOf<typeof bundleShape>;

interface Opened {
  readonly payload: Uint8Array;
  readonly signer: string;
}

/** What was signed and by whom, once the signature holds. */
async function openBundle(root: string, json: string, trust: Trust): Promise<Opened> {
  const bundle = readJson(root, json, { shape: bundleShape, what: 'the signature' });
  if (bundle.mediaType !== mediaType) throw refused(root, `the signature is of type "${bundle.mediaType}" and not "${mediaType}"`);
  const { payload, payloadType: type, signatures } = bundle.dsseEnvelope;
  if (type !== payloadType) throw refused(root, `what is signed is of type "${type}" and not "${payloadType}"`);
  const [signature, ...more] = signatures;
  if (signature === undefined) throw refused(root, 'nobody has signed it');
  if (more.length > 0) throw refused(root, 'it has several signatures where the format has one');
  if (trust.kind === 'keyless') {
    const { publicKey, x509CertificateChain: chain } = bundle.verificationMaterial;
    if (publicKey !== undefined || chain !== undefined)
      throw refused(root, 'it is signed by a key or certificates, and a trusted root was given to verify it');
    const signer = await verifyKeyless(JSON.parse(json), trust);
    if (typeof signer === 'string') throw refused(root, signer);
    return { payload: Buffer.from(payload, 'base64'), signer: `${signer.identity} of ${signer.issuer}` };
  }
  const key = keyFor(root, bundle, trust);
  const bytes = Buffer.from(payload, 'base64');
  if (!isSignedBy(bytes, Buffer.from(signature.sig, 'base64'), key))
    throw refused(root, 'it was not signed with this key, or was changed since');
  return { payload: bytes, signer: hintOf(key) };
}

function keyFor(root: string, { verificationMaterial: material }: Bundle, trust: Exclude<Trust, KeylessTrust>): KeyObject {
  const { publicKey, x509CertificateChain: chain } = material;
  if (publicKey === undefined && chain === undefined)
    throw refused(
      root,
      'it is signed without a key of its own (Sigstore keyless): give the trusted root, the identity and the issuer that it must be of',
    );
  if (trust.kind === 'key') {
    if (publicKey === undefined) throw refused(root, 'it is signed by a certificate, and a key was given to verify it');
    return trust.key;
  }
  if (chain === undefined) throw refused(root, 'it is signed by a key, and certificates were given to verify it');
  const certificates = chain.certificates.map(({ rawBytes }) => Buffer.from(rawBytes, 'base64'));
  const key = trustedKey(certificates, trust.certificates, trust.now);
  if (typeof key === 'string') throw refused(root, key);
  return key;
}

const resourceShape = shape.object(
  { name: shape.required(text), digest: shape.required(text), algorithm: shape.required(text) },
  { open: true },
);
const statementShape = shape.object(
  {
    _type: shape.required(text),
    subject: shape.required(
      shape.list(
        shape.object(
          { name: shape.required(text), digest: shape.required(shape.object({ sha256: shape.required(text) }, { open: true })) },
          { open: true },
        ),
      ),
    ),
    predicateType: shape.required(text),
    predicate: shape.required(
      shape.object(
        {
          resources: shape.required(shape.list(resourceShape, { minimum: 1 })),
          serialization: shape.required(
            shape.object(
              {
                method: shape.required(shape.oneOf(['files', 'shards'])),
                hash_type: shape.required(shape.oneOf(['sha256', 'blake2b'])),
                shard_size: shape.optional(shape.number({ integer: true, minimum: 1 })),
                allow_symlinks: shape.required(shape.boolean()),
                ignore_paths: shape.optional(shape.list(text)),
              },
              { open: true },
            ),
          ),
        },
        { open: true },
      ),
    ),
  },
  { open: true },
);

function readStatement(
  root: string,
  payload: Uint8Array,
): { readonly resources: readonly Resource[]; readonly serialization: Serialization } {
  const json = new TextDecoder().decode(payload);
  const kind = readJson(root, json, {
    shape: shape.object({ _type: shape.required(text), predicateType: shape.required(text) }, { open: true }),
    what: 'what is signed',
  });
  if (kind._type !== statementType) throw refused(root, `what is signed is a "${kind._type}" and not a "${statementType}"`);
  if (kind.predicateType !== predicateType) throw refused(root, `what is signed says "${kind.predicateType}" and not "${predicateType}"`);
  const { subject, predicate } = readJson(root, json, { shape: statementShape, what: 'what is signed' });
  const [only, ...more] = subject;
  if (only === undefined || more.length > 0) throw refused(root, 'what is signed names no model, or several');
  const { resources, serialization } = predicate;
  const { method, hash_type, shard_size, allow_symlinks, ignore_paths = [] } = serialization;
  if (only.digest.sha256 !== rootDigest(resources)) throw refused(root, 'the digest of the whole is not that of its files');
  for (const { name } of resources) if (!isPlainPath(name)) throw refused(root, `it signs "${name}", which is no path inside the model`);
  const odd = ignore_paths.find((path) => !isPlainPath(path) || /[*?[]/.test(path));
  if (odd !== undefined) throw refused(root, `it leaves out "${odd}", which is no path inside the model`);
  if ((shard_size !== undefined) !== (method === 'shards')) throw refused(root, 'it does not say how its files are cut');
  return { resources, serialization: { method, hash_type, allow_symlinks, ignore_paths, ...(shard_size !== undefined && { shard_size }) } };
}

function isPlainPath(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !path.includes('\\') && !path.split('/').some((part) => part === '..' || part === '');
}

interface Reading<T> {
  readonly shape: shape.Shape<T>;
  readonly what: string;
}

function readJson<T>(root: string, json: string, { shape: wanted, what }: Reading<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw refused(root, `${what} is no JSON`, error);
  }
  const read = shape.parse(wanted, value);
  if (!read.ok) throw refused(root, `${what} is not as the format says: ${read.failure[0]?.message ?? ''}`);
  return read.value;
}

interface Compared {
  readonly signed: readonly Resource[];
  readonly found: readonly Resource[];
  readonly allowUnsigned: boolean;
}

function compareResources(root: string, { signed, found, allowUnsigned }: Compared): void {
  const here = new Map(found.map((one) => [one.name, one]));
  const named = new Set<string>();
  for (const { name, digest, algorithm } of signed.toSorted((a, b) => compareCodePoints(a.name, b.name))) {
    if (named.has(name)) throw refused(root, `it signs "${name}" twice`);
    named.add(name);
    const own = here.get(name);
    if (own === undefined) throw refused(root, `"${name}" is signed and not there`);
    if (own.algorithm !== algorithm || own.digest !== digest.toLowerCase()) throw refused(root, `"${name}" is not what was signed`);
  }
  const extra = found.find(({ name }) => !named.has(name));
  if (extra !== undefined && !allowUnsigned) throw refused(root, `"${extra.name}" is there and not signed`);
}
