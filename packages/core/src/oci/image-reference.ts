import { type Digest, failure, isDigest } from '@tidegate/formats';

/** Where an image is: `REGISTRY/REPOSITORY:TAG` or `…@sha256:…`. */
export interface ImageReference {
  /** Host, with a port where it has one: `docker.io`, `127.0.0.1:5000`. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: Digest | null;
}

// distribution-spec, "Pulling manifests"; and the reference grammar of the distribution project for hosts
const host = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;
const repositoryForm = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagForm = /^\w[\w.-]{0,127}$/;

/**
 * Reads a reference as Docker does: without a registry it is one of Docker Hub, there without an account one of `library`; without a tag and a digest `latest`.
 *
 * @throws TG-IMAGE-REFERENCE
 */
export function imageReference(text: string): ImageReference {
  const [named = '', digest, ...more] = text.split('@');
  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const isHost = first.includes('.') || first.includes(':') || first === 'localhost';
  const registry = isHost ? first.replace(/^index\.docker\.io$/, 'docker.io') : 'docker.io';
  const rest = isHost ? named.slice(slash + 1) : named;
  const colon = rest.lastIndexOf(':');
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? (digest === undefined ? 'latest' : null) : rest.slice(colon + 1);
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  const refuse = (found: string): never => {
    throw failure(
      'TG-IMAGE-REFERENCE',
      `Cannot read the name of an image "${text}": ${found}`,
      'Write it as REGISTRY/REPOSITORY:TAG or REGISTRY/REPOSITORY@sha256:DIGEST',
    );
  };
  if (more.length > 0) refuse('it has more than one "@"');
  if (!host.test(registry)) refuse(`"${registry}" is no host of a registry`);
  if (!repositoryForm.test(repository) || repository.length > 255)
    refuse(`"${path}" is no repository: lower-case letters, digits and ". _ - /" between them`);
  if (tag !== null && !tagForm.test(tag)) refuse(`"${tag}" is no tag`);
  if (digest !== undefined && !isDigest(digest)) refuse(`"${digest}" is no SHA-256 digest`);
  return { registry, repository, tag, digest: digest !== undefined && isDigest(digest) ? digest : null };
}

/** As it is written; with a digest the tag is left out, for it says nothing then. */
export function imageName({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${digest === null ? `:${tag ?? 'latest'}` : `@${digest}`}`;
}
