import { join } from 'node:path';
import { canonicalJson, hexOf } from '@tidegate/formats';
import { constants, copyFile, exists, mkdir, rename, rm, temporaryBeside, writeFile } from '../../platform/index.ts';
import type { BlobStore } from '../blob-store.ts';
import type { Descriptor } from '../descriptor.ts';
import { layoutBlobs, type LayoutContents, layoutFile, layoutIndex } from './layout-contents.ts';

/**
 * Writes an OCI image layout (image-spec/image-layout.md), whole or not at all: skopeo, podman, crane and others read it. What is there gives way.
 */
export async function writeLayout(blobs: BlobStore, contents: LayoutContents, folder: string): Promise<void> {
  const fresh = temporaryBeside(folder);
  try {
    await mkdir(join(fresh, 'blobs/sha256'), { recursive: true });
    for (const blob of layoutBlobs(contents)) await copyBlob(blobs, blob, fresh);
    await writeFile(join(fresh, 'oci-layout'), layoutFile);
    await writeFile(join(fresh, 'index.json'), canonicalJson(layoutIndex(contents)));
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function copyBlob(blobs: BlobStore, { digest }: Descriptor, folder: string): Promise<void> {
  const to = join(folder, 'blobs/sha256', hexOf(digest));
  if (!(await exists(to))) await copyFile(await blobs.pathOf(digest), to, constants.COPYFILE_FICLONE);
}
