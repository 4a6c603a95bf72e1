import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  canonicalJson,
  type Digest,
  digest,
  digestOfHex,
  type FeatureServiceSpec,
  failure,
  type Flavor,
  shape,
  type Signature,
} from '@tidegate/formats';
import { columnShape, signatureShape } from '../model/read-signature.ts';

/** What the server needs of a release folder (`ReleaseManifest`, `release.json`). */
export interface Release {
  /** The digest of the manifest: the name of the release. */
  readonly digest: Digest;
  readonly project: string;
  readonly service: string;
  readonly model: { readonly name: string; readonly version: Digest; readonly flavor: Flavor; readonly signature: Signature };
  /** Path of the model's file. */
  readonly file: string;
  readonly features: FeatureServiceSpec | null;
  /** Interpreter for what is not ONNX. */
  readonly interpreter: string | null;
}

const { object, required, optional, text, list, number, oneOf } = shape;
const digestShape: shape.Shape<Digest> = shape.map(text({ pattern: /^sha256:[0-9a-f]{64}$/, wants: 'a digest' }), (value) => digest(value));

const viewShape = object(
  {
    name: required(text()),
    version: required(digestShape),
    keys: required(list(text())),
    features: required(list(columnShape)),
    ttlMs: optional(number()),
  },
  { open: true },
);

const featuresShape = object(
  {
    name: required(text()),
    version: required(digestShape),
    request: required(list(columnShape)),
    keys: required(list(columnShape)),
    views: required(list(viewShape)),
    columns: required(list(columnShape)),
    label: required(text()),
  },
  { open: true },
);

const manifestShape = object(
  {
    format: required(oneOf(['tidegate.release/1'])),
    project: required(text()),
    service: required(text()),
    model: required(
      object(
        {
          name: required(text()),
          version: required(digestShape),
          flavor: required(oneOf(['onnx', 'pickle', 'function'])),
          file: required(text({ pattern: /^[^/\\]+$/, wants: 'a file name' })),
          signature: required(signatureShape),
        },
        { open: true },
      ),
    ),
    features: optional(featuresShape),
    python: optional(object({ interpreter: required(text()) }, { open: true })),
  },
  { open: true },
);

/** Reads and checks `release.json` of a folder. @throws TG-SERVING-RELEASE */
export async function readRelease(folder: string): Promise<Release> {
  const json = await readJson(folder);
  const parsed = shape.parse(manifestShape, json);
  if (!parsed.ok) throw broken(folder, `release.json: ${parsed.failure.map((problem) => problem.message).join('; ')}`);
  const { project, service, model, features, python } = parsed.value;
  const file = join(folder, 'model', model.file);
  await access(file).catch(() => {
    throw broken(folder, `"model/${model.file}" is not there`);
  });
  return {
    digest: digestOfHex(createHash('sha256').update(canonicalJson(json)).digest('hex')),
    project,
    service,
    model,
    file,
    features:
      features === undefined
        ? null
        : {
            ...features,
            format: 'tidegate.feature-service/1',
            views: features.views.map((view) => ({ ...view, ttlMs: view.ttlMs ?? null })),
          },
    interpreter: python?.interpreter ?? null,
  };
}

async function readJson(folder: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(folder, 'release.json'), 'utf8'));
  } catch (error) {
    throw broken(folder, `release.json: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function broken(folder: string, found: string): Error {
  return failure(
    'TG-SERVING-RELEASE',
    `Cannot read the release "${folder}": ${found}`,
    'Make the release again with "tidegate run", or copy the whole folder',
  );
}
