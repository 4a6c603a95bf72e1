import { failure } from '@tidegate/formats';
import { type ImageReference, imageName, imageReference, pushImage, writeArchive, writeLayout } from '../../oci/index.ts';
import { existsSync } from '../../platform/index.ts';
import type { Project } from '../project.ts';
import type { ReleaseImage } from './build-release-image.ts';

/** `archive`: one file for `docker load`, `podman load` and skopeo; `layout`: a folder by the OCI image specification. */
export type ImageFormat = 'archive' | 'layout';

export interface ImageToWrite {
  /** Absolute. */
  readonly path: string;
  /** Whether what is there gives way. */
  readonly replaces: boolean;
  readonly format: ImageFormat;
  /** What it is called where it is loaded: `delay-api:3f2a9c1d`. */
  readonly name: string;
}

/** Writes an image, whole or not at all. @throws TG-CLI-USAGE when something is there already that is not to give way */
export async function writeImage({ store }: Project, image: ReleaseImage, { path, replaces, format, name }: ImageToWrite): Promise<void> {
  if (existsSync(path) && !replaces)
    throw failure(
      'TG-CLI-USAGE',
      `Cannot write the image to "${path}": something is there already`,
      'Name a file or a folder that is not there',
    );
  const contents = { descriptor: image.descriptor, images: image.images, attachments: [], name };
  await (format === 'archive' ? writeArchive : writeLayout)(store, contents, path);
}

/** Pushes an image to a registry; its tag is set last. @returns by which digest it is pulled @throws TG-IMAGE-REFERENCE, and as {@link pushImage} */
export async function pushReleaseImage(
  { store, platform }: Project,
  image: ReleaseImage,
  to: string,
  signal: AbortSignal,
): Promise<string> {
  const reference = pushedTo(to);
  await pushImage({ descriptor: image.descriptor, images: image.images, attachments: [] }, reference, store, {
    variables: platform.variables,
    signal,
  });
  return imageName({ ...reference, tag: null, digest: image.descriptor.digest });
}

/** What is pushed has the digest that it has. */
function pushedTo(to: string): ImageReference {
  const reference = imageReference(to);
  if (reference.digest === null) return reference;
  throw failure(
    'TG-IMAGE-REFERENCE',
    `Cannot push an image to "${to}": its digest follows from what is in it`,
    'Name a repository, and a tag where there is to be one',
  );
}
