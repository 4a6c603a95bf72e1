import { type Digest, failure, type Json, shape } from '@tidegate/formats';
import { type Descriptor, descriptorShape } from './descriptor.ts';

/** image-spec/manifest.md; the type is an image's or, with `artifactType`, that of something attached to one. */
export interface ImageManifest {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: { readonly [name: string]: string };
}

/** image-spec/image-index.md. */
export interface ImageIndex {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations?: { readonly [name: string]: string };
}

/** What a container runs with: image-spec/config.md, `config`. */
export interface ContainerConfig {
  readonly User?: string;
  readonly ExposedPorts?: { readonly [port: string]: Record<string, never> };
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir?: string;
  readonly Labels?: { readonly [name: string]: string };
  readonly StopSignal?: string;
}

export interface HistoryEntry {
  readonly created?: string;
  readonly created_by?: string;
  readonly empty_layer?: boolean;
}

/** image-spec/config.md. Digests of `diff_ids` are of the tar archives before compression. */
export interface ImageConfig {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly created?: string;
  readonly config: ContainerConfig;
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly Digest[] };
  readonly history: readonly HistoryEntry[];
}

const { object, required, optional, text, list, number, record, oneOf, boolean, anything } = shape;
const version = required(number({ integer: true, minimum: 2, maximum: 2 }));
const annotations = optional(record(text()));

const manifestShape = object(
  {
    schemaVersion: version,
    mediaType: optional(text()),
    artifactType: optional(text()),
    config: required(descriptorShape),
    layers: required(list(descriptorShape)),
    subject: optional(descriptorShape),
    annotations,
  },
  { open: true },
);

const indexShape = object(
  { schemaVersion: version, mediaType: optional(text()), manifests: required(list(descriptorShape)), annotations },
  { open: true },
);

const configShape = object(
  {
    os: required(text()),
    architecture: required(text()),
    variant: optional(text()),
    created: optional(text()),
    config: optional(
      object(
        {
          User: optional(text()),
          ExposedPorts: optional(record(anything())),
          Env: optional(list(text())),
          Entrypoint: optional(list(text())),
          Cmd: optional(list(text())),
          WorkingDir: optional(text()),
          Labels: optional(record(text())),
          StopSignal: optional(text()),
        },
        { open: true },
      ),
    ),
    rootfs: required(object({ type: required(oneOf(['layers'])), diff_ids: required(list(text({ pattern: /^sha256:[0-9a-f]{64}$/ }))) })),
    history: optional(
      list(object({ created: optional(text()), created_by: optional(text()), empty_layer: optional(boolean()) }, { open: true })),
    ),
  },
  { open: true },
);

/** @param mediaType as the registry or the descriptor says, for documents that do not say it themselves @throws TG-IMAGE-CORRUPT */
export function readManifest(json: Json, mediaType: string, where: string): ImageManifest {
  const { schemaVersion: _, ...rest } = read(manifestShape, json, where);
  return { schemaVersion: 2, mediaType, ...rest };
}

/** @throws TG-IMAGE-CORRUPT */
export function readIndex(json: Json, mediaType: string, where: string): ImageIndex {
  const { schemaVersion: _, ...rest } = read(indexShape, json, where);
  return { schemaVersion: 2, mediaType, ...rest };
}

/** @throws TG-IMAGE-CORRUPT */
export function readImageConfig(json: Json, where: string): ImageConfig {
  const { config, history, rootfs, ...rest } = read(configShape, json, where);
  const { ExposedPorts: ports, ...run } = config ?? {};
  return {
    ...rest,
    config: { ...run, ...(ports !== undefined && { ExposedPorts: Object.fromEntries(Object.keys(ports).map((port) => [port, {}])) }) },
    rootfs: { type: 'layers', diff_ids: rootfs.diff_ids as readonly Digest[] },
    history: history ?? [],
  };
}

function read<T>(form: shape.Shape<T>, json: Json, where: string): T {
  const parsed = shape.parse(form, json);
  if (parsed.ok) return parsed.value;
  throw failure(
    'TG-IMAGE-CORRUPT',
    `Cannot read an image of ${where}: ${parsed.failure.map((problem) => problem.message).join('; ')}`,
    'Name an image that a tool of the Open Container Initiative has made, or Docker in its second schema',
  );
}
