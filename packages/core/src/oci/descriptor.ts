import { type Digest, digest, shape } from '@tidegate/formats';

/** For which machines an image is, as Go names them: `linux`, `amd64` or `arm64`. */
export interface ImagePlatform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** What one blob is: image-spec/descriptor.md. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly annotations?: { readonly [name: string]: string };
  readonly platform?: ImagePlatform;
  readonly artifactType?: string;
}

const { object, required, optional, text, number, record, map } = shape;

const platformShape = object({ os: required(text()), architecture: required(text()), variant: optional(text()) }, { open: true });

export const descriptorShape: shape.Shape<Descriptor> = object(
  {
    mediaType: required(text()),
    digest: required(map(text({ pattern: /^sha256:[0-9a-f]{64}$/, wants: 'a SHA-256 digest' }), (value) => digest(value))),
    size: required(number({ integer: true, minimum: 0 })),
    annotations: optional(record(text())),
    platform: optional(platformShape),
    artifactType: optional(text()),
  },
  { open: true },
);
