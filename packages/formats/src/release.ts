import type { Digest } from './digest.ts';
import type { FeatureServiceSpec } from './feature-set.ts';
import type { Flavor, Signature } from './model.ts';

/**
 * What is deployed: model, features, pre- and post-processing and serving runtime under one digest, with no environment's
 * settings in it. As a folder: `release.json` (this manifest), `model/<file>`, `features.json`, `start`.
 */
export interface ReleaseManifest {
  readonly format: 'tidegate.release/1';
  readonly project: string;
  readonly service: string;
  readonly model: {
    readonly name: string;
    readonly version: Digest;
    readonly artifact: Digest;
    readonly flavor: Flavor;
    readonly file: string;
    readonly signature: Signature;
  };
  /** Null when the caller sends every input of the model itself. */
  readonly features: FeatureServiceSpec | null;
  /** Digest of the feature definitions (files of SQL and YAML) so that this release can be re-scored later; null without features. */
  readonly definitions: Digest | null;
  /**
   * The reference profile: a `tidegate.profile-part/1` of the inputs in the set that the model was trained on, also the file `reference.json` of the folder, so that what a server is asked can be compared with it
   * without any row. Null when that set is not known; left out by versions of Tidegate that did not carry it.
   */
  readonly reference?: Digest | null;
  /** Environment lock for `pickle` and `function` models; null for ONNX. */
  readonly python: { readonly requirements: Digest | null; readonly interpreter: string } | null;
  readonly runtime: { readonly name: '@tidegate/serving'; readonly version: string };
  /** Tree of the whole folder without `release.json`. */
  readonly files: Digest;
}
