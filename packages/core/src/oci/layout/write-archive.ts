import { canonicalJson, hexOf } from '@tidegate/formats';
import { rename, rm, stat, temporaryBeside } from '../../platform/index.ts';
import type { BlobStore } from '../blob-store.ts';
import type { LayerEntry } from '../layer/layer-entry.ts';
import { writeTar } from '../layer/write-tar.ts';
import { layoutBlobs, type LayoutContents, layoutFile, layoutIndex } from './layout-contents.ts';

/**
 * Writes one file that `docker load`, `podman load` and `skopeo copy oci-archive:` read: an OCI layout as a tar archive with the `manifest.json` of Docker's archives beside it, as
 * Docker itself writes since version 25. Docker's part names the first image, for it knows one platform only.
 */
export async function writeArchive(blobs: BlobStore, contents: LayoutContents, file: string): Promise<void> {
  const fresh = temporaryBeside(file);
  try {
    await writeTar(await entriesOf(blobs, contents), fresh);
    await rename(fresh, file);
  } finally {
    await rm(fresh, { force: true });
  }
}

async function entriesOf(blobs: BlobStore, contents: LayoutContents): Promise<readonly LayerEntry[]> {
  const text = (path: string, content: string): LayerEntry => ({ kind: 'text', path, executable: false, content });
  const files = layoutBlobs(contents).map(async ({ digest }): Promise<LayerEntry> => {
    const from = await blobs.pathOf(digest);
    return { kind: 'file', path: `blobs/sha256/${hexOf(digest)}`, executable: false, from, bytes: (await stat(from)).size };
  });
  return [
    ...(await Promise.all(files)),
    text('oci-layout', layoutFile),
    text('index.json', canonicalJson(layoutIndex(contents))),
    text('manifest.json', canonicalJson(dockerManifest(contents))),
  ];
}

function dockerManifest({ images, name }: LayoutContents): readonly unknown[] {
  const pathOf = ({ digest }: { readonly digest: Parameters<typeof hexOf>[0] }): string => `blobs/sha256/${hexOf(digest)}`;
  return images.slice(0, 1).map(({ manifest: { config, layers } }) => ({
    Config: pathOf(config),
    RepoTags: [name.includes(':') ? name : `${name}:latest`],
    Layers: layers.map(pathOf),
  }));
}
