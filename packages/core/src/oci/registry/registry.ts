import { type Digest, failure, isDigest, type Json } from '@tidegate/formats';
import { digestOfBytes, type HttpExchange, openHttpExchange, wholeAnswer } from '../../platform/index.ts';
import type { Descriptor } from '../descriptor.ts';
import { manifestTypes } from '../media-types.ts';
import { type AskRegistry, discard, registryAsker, type RegistryPlace } from './ask-registry.ts';
import { authorizer } from './authorize.ts';
import { type Credentials, findCredentials } from './credentials.ts';

/** A manifest or an index as the registry has it: its digest is that of these bytes. */
export interface FetchedManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly json: Json;
}

/** One repository of a registry, by the OCI distribution specification 1.1. */
export interface Repository {
  readonly registry: string;
  readonly name: string;
  readonly ask: AskRegistry;
}

export interface RegistryOptions {
  /** Variables of the process: where logins are looked up. */
  readonly variables: { readonly [name: string]: string | undefined };
  /** Registries that have no TLS besides those of this machine. */
  readonly withoutTls?: readonly string[];
  readonly exchange?: HttpExchange;
  readonly now?: () => number;
  readonly signal?: AbortSignal | undefined;
}

/** @param actions what is to be done there, as tokens name it */
export function openRepository(registry: string, name: string, actions: 'pull' | 'pull,push', options: RegistryOptions): Repository {
  const { variables, exchange = openHttpExchange({ connections: 4 }), now = Date.now, signal } = options;
  const place: RegistryPlace = { registry, url: addressOf(registry, options.withoutTls ?? []) };
  let found: Promise<Credentials | null> | null = null;
  const credentials = (): Promise<Credentials | null> => (found ??= findCredentials(registry, name, variables));
  const scope = `repository:${name}:${actions}`;
  const proof = authorizer({ exchange, registry, url: place.url, scope, credentials, now, signal });
  return { registry, name, ask: registryAsker(place, { exchange, authorizer: proof, signal }) };
}

/** Docker Hub answers under another name than it is known by. What is on this machine has no TLS, as with Docker. */
function addressOf(registry: string, withoutTls: readonly string[]): string {
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  const isHere = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host);
  return `${isHere || withoutTls.includes(registry) ? 'http' : 'https'}://${host}`;
}

/** distribution-spec: what is longer a registry may refuse, so nobody makes longer ones. */
const longestManifest = 4 << 20;

/** @param reference a tag or a digest @throws TG-IMAGE-NOT-FOUND, TG-IMAGE-CORRUPT, and what asking throws */
export async function fetchManifest({ registry, name, ask }: Repository, reference: string): Promise<FetchedManifest> {
  const at = `${registry}/${name}${isDigest(reference) ? '@' : ':'}${reference}`;
  const answer = await ask({
    method: 'GET',
    path: `/v2/${name}/manifests/${reference}`,
    headers: { accept: manifestTypes.join(', ') },
    doing: `read the image "${at}"`,
  });
  const bytes = await wholeAnswer(answer.body, longestManifest).catch((error: unknown) => {
    throw corrupt(at, error instanceof Error ? error.message : String(error));
  });
  const digest = digestOfBytes(bytes);
  if (isDigest(reference) && digest !== reference) throw corrupt(at, `its manifest has the digest ${digest}`);
  try {
    const json = JSON.parse(bytes.toString('utf8')) as Json;
    return { digest, mediaType: mediaTypeOf(json) ?? (answer.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '', bytes, json };
  } catch {
    throw corrupt(at, 'its manifest is no JSON');
  }
}

function mediaTypeOf(json: Json): string | null {
  const found = typeof json === 'object' && json !== null && 'mediaType' in json ? json['mediaType'] : null;
  return typeof found === 'string' ? found : null;
}

function corrupt(image: string, found: string): Error {
  return failure(
    'TG-IMAGE-CORRUPT',
    `Cannot read the image "${image}": ${found}`,
    'Try again; if it stays so the registry, or something on the way to it, changes what it has',
  );
}

export interface PushedManifest {
  /** Whether the registry keeps the list of what is attached to the subject by itself: `OCI-Subject` of distribution-spec 1.1. */
  readonly keepsReferrers: boolean;
}

/** @param reference a tag or the digest @throws what asking throws */
export async function pushManifest(
  { registry, name, ask }: Repository,
  reference: string,
  { bytes, mediaType }: Pick<FetchedManifest, 'bytes' | 'mediaType'>,
): Promise<PushedManifest> {
  const answer = await ask({
    method: 'PUT',
    path: `/v2/${name}/manifests/${reference}`,
    headers: { 'content-type': mediaType },
    body: bytes,
    doing: `push the image "${registry}/${name}"`,
  });
  await discard(answer);
  return { keepsReferrers: answer.headers['oci-subject'] !== undefined };
}

/** Null where there is no such tag or digest. @throws what asking throws */
export async function findManifest({ registry, name, ask }: Repository, reference: string): Promise<Digest | null> {
  const answer = await ask({
    method: 'HEAD',
    path: `/v2/${name}/manifests/${reference}`,
    headers: { accept: manifestTypes.join(', ') },
    expects: [404],
    doing: `look for "${reference}" in "${registry}/${name}"`,
  });
  await discard(answer);
  const digest = answer.headers['docker-content-digest'] ?? '';
  return answer.status === 404 || !isDigest(digest) ? null : digest;
}

/** @throws what asking throws */
export async function hasBlob({ registry, name, ask }: Repository, { digest }: Pick<Descriptor, 'digest'>): Promise<boolean> {
  const answer = await ask({
    method: 'HEAD',
    path: `/v2/${name}/blobs/${digest}`,
    expects: [404],
    doing: `look for a blob in "${registry}/${name}"`,
  });
  await discard(answer);
  return answer.status !== 404;
}
