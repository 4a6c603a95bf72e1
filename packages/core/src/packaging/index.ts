export { checkOutRelease } from './check-out-release.ts';
export { readRelease } from './read-release.ts';
export { type ReleaseDeps, releaseKind } from './release-kind.ts';
export { releaseNodes } from './release-nodes.ts';
export { findReleases, recordRelease, type ReleaseRecord } from './release-records.ts';
export {
  recordSignature,
  type ReleasePlace,
  type ReleaseSignature,
  type ReleaseTrust,
  signaturesOf,
  signRelease,
  trustedSignature,
} from './release-signatures.ts';
export { type ImageBase, imageBaseText, readImageBase } from './image/base-file.ts';
export { buildImage, type BuiltImage, type BuiltLayer, type ImageGround } from './image/build-image.ts';
export { openLayerCache } from './image/layer-cache.ts';
