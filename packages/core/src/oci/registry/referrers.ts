import { type Digest, hexOf } from '@tidegate/formats';
import { wholeAnswer } from '../../platform/index.ts';
import type { Descriptor } from '../descriptor.ts';
import { type ImageIndex, readIndex } from '../manifest.ts';
import { mediaTypes } from '../media-types.ts';
import { fetchManifest, findManifest, pushManifest, type Repository } from './registry.ts';

const longestList = 4 << 20;

/**
 * What is attached to a manifest: SBOM, provenance, signatures. Registries before distribution-spec 1.1 have no list of it, so it is in an index with a tag that is made of the digest.
 *
 * @throws TG-IMAGE-CORRUPT, and what asking throws
 */
export async function referrersOf(repository: Repository, subject: Digest): Promise<readonly Descriptor[]> {
  const { registry, name, ask } = repository;
  const answer = await ask({
    method: 'GET',
    path: `/v2/${name}/referrers/${subject}`,
    headers: { accept: mediaTypes.index },
    expects: [404, 405, 400],
    doing: `look for what is attached in "${registry}/${name}"`,
  });
  const bytes = await wholeAnswer(answer.body, longestList);
  if (answer.status === 200 && (answer.headers['content-type'] ?? '').startsWith(mediaTypes.index))
    return readIndex(JSON.parse(bytes.toString('utf8')), mediaTypes.index, `${registry}/${name}`).manifests;
  return (await taggedList(repository, subject)).manifests;
}

function tagOf(subject: Digest): string {
  return `sha256-${hexOf(subject)}`;
}

const emptyList: ImageIndex = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [] };

async function taggedList(repository: Repository, subject: Digest): Promise<ImageIndex> {
  const found = await findManifest(repository, tagOf(subject));
  if (found === null) return emptyList;
  const { json } = await fetchManifest(repository, tagOf(subject));
  return readIndex(json, mediaTypes.index, `${repository.registry}/${repository.name}`);
}

/** Adds to the list with the tag, for a registry that does not keep one by itself; what is in it stays, and comes but once. @throws as {@link referrersOf} */
export async function addToTaggedList(repository: Repository, subject: Digest, added: Descriptor): Promise<void> {
  const list = await taggedList(repository, subject);
  if (list.manifests.some(({ digest }) => digest === added.digest)) return;
  const next: ImageIndex = { ...list, manifests: [...list.manifests, added] };
  await pushManifest(repository, tagOf(subject), { mediaType: mediaTypes.index, bytes: Buffer.from(JSON.stringify(next)) });
}
