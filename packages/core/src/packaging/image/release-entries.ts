import type { Digest, ReleaseManifest } from '@tidegate/formats';
import type { LayerEntry } from '../../oci/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import { stat } from '../../platform/index.ts';
import { imageRoot } from './runtime-entries.ts';

/** Where the release lies in an image. */
export const releasePlace = `${imageRoot}/release`;

/** The folder of a release, `release.json` included, as what goes into a layer. */
export async function releaseEntries(store: ObjectStore, release: Digest, { files }: ReleaseManifest): Promise<readonly LayerEntry[]> {
  const { entries } = await store.readTree(files);
  const all = [...entries, { path: 'release.json', digest: release, executable: false }];
  const found: LayerEntry[] = [];
  for (const { path, digest, executable } of all) {
    const from = await store.pathOf(digest);
    found.push({ kind: 'file', path: `${releasePlace}/${path}`, from, bytes: (await stat(from)).size, executable: executable === true });
  }
  return found;
}
