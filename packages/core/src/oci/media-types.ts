/** Names of the OCI image specification 1.1 (image-spec/media-types.md), and of Docker's schema 2 for images that others have made. */
export const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  gzippedLayer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  empty: 'application/vnd.oci.empty.v1+json',
} as const;

const ofDocker: { readonly [mediaType: string]: string } = {
  'application/vnd.docker.distribution.manifest.list.v2+json': mediaTypes.index,
  'application/vnd.docker.distribution.manifest.v2+json': mediaTypes.manifest,
  'application/vnd.docker.container.image.v1+json': mediaTypes.config,
  'application/vnd.docker.image.rootfs.diff.tar': mediaTypes.layer,
  'application/vnd.docker.image.rootfs.diff.tar.gzip': mediaTypes.gzippedLayer,
};

/** The OCI name of what has a Docker one: the bytes of a config and of layers are the same in both. */
export function asOciMediaType(mediaType: string): string {
  return ofDocker[mediaType] ?? mediaType;
}

/** What a registry is asked for where a manifest or an index may come. */
export const manifestTypes: readonly string[] = [mediaTypes.index, mediaTypes.manifest, ...Object.keys(ofDocker).slice(0, 2)];
