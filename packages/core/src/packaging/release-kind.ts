import {
  compareCodeUnits,
  type Digest,
  type FeatureServiceSpec,
  invariant,
  type ModelVersion,
  type ReleaseManifest,
  type TreeEntry,
} from '@tidegate/formats';
import { inputOf, type ResolvedInput, type StepContext, type StepKind } from '../pipeline/index.ts';
import { readRecord } from '../store/index.ts';
import { releaseFiles } from './release-files.ts';
import type { ReleaseSettings } from './release-nodes.ts';

export interface ReleaseDeps {
  /** Version of `@tidegate/serving`: part of the release, for it decides the answers. */
  readonly runtimeVersion: string;
}

/**
 * Makes a release. Output `folder` is the release folder without `release.json`; output `manifest` is that file, whose digest is
 * the digest of the release. Nothing in them depends on time, on a path or on an environment: the same inputs give the same digest.
 */
export function releaseKind({ runtimeVersion }: ReleaseDeps): StepKind {
  return {
    kind: 'release',
    version: 2,
    facts: async () => ({ runtime: runtimeVersion }),
    run: async (context) => {
      const settings = context.node.settings as unknown as ReleaseSettings; // as releaseNodes wrote them
      const parts = await readParts(context, settings);
      const folder = await putFolder(context, parts);
      const manifest = manifestOf(settings, { ...parts, files: folder.digest, runtimeVersion });
      const { digest, bytes } = await context.store.putJson(manifest);
      return {
        outputs: { manifest: { kind: 'file', digest, bytes, files: 1 }, folder },
        evidence: [],
        facts: { release: digest, bytes: folder.bytes, files: folder.files },
      };
    },
  };
}

interface Parts {
  readonly settings: ReleaseSettings;
  readonly version: Digest;
  readonly model: ModelVersion;
  readonly features: FeatureServiceSpec | null;
  readonly definitions: Digest | null;
  readonly requirements: TreeEntry | null;
  /** The reference profile, as a file of the folder; null when it is not known what the model was trained on. */
  readonly reference: TreeEntry | null;
}

async function readParts(context: StepContext, settings: ReleaseSettings): Promise<Parts> {
  const { store } = context;
  const version = inputOf(context, `models.${settings.model}/version`).artifact.digest;
  const model = await readRecord(store, 'tidegate.model-version/1', version);
  const python = model.flavor === 'onnx' ? null : settings.python;
  invariant(model.flavor === 'onnx' || python !== null, `the model "${settings.model}" has the flavor that its file name says`);
  return {
    settings: { ...settings, python },
    version,
    model,
    features: settings.features === null ? null : await readFeatures(context, settings.features),
    definitions: settings.features === null ? null : inputOf(context, `features.${settings.features}/definitions`).artifact.digest,
    requirements: python?.requirements == null ? null : await putProjectFile(context, inputOf(context, python.requirements)),
    reference: await referenceFile(context, settings),
  };
}

async function readFeatures(context: StepContext, service: string): Promise<FeatureServiceSpec> {
  const { digest } = inputOf(context, `features.${service}/record`).artifact;
  return (await readRecord(context.store, 'tidegate.feature-set/1', digest)).service;
}

async function referenceFile(context: StepContext, { service }: ReleaseSettings): Promise<TreeEntry | null> {
  const { digest, bytes } = inputOf(context, `references.${service}/profile`).artifact;
  const { columns } = await readRecord(context.store, 'tidegate.profile-part/1', digest);
  return columns.length === 0 ? null : { path: 'reference.json', digest, bytes };
}

async function putProjectFile({ store }: StepContext, { name, source, artifact }: ResolvedInput): Promise<TreeEntry> {
  invariant(source !== null, `"${name}" is a file of the project`);
  return { path: name, ...(await store.putFile(source, artifact.digest)) };
}

async function putFolder({ store, inputs }: StepContext, parts: Parts): Promise<StepArtifact> {
  const { settings, model, features, requirements, reference } = parts;
  const artifact = inputOf({ inputs }, settings.artifact).artifact;
  const tree = artifact.kind === 'tree' ? await store.readTree(artifact.digest) : null;
  const modelFiles: readonly TreeEntry[] = tree?.entries ?? [{ path: model.file, digest: artifact.digest, bytes: artifact.bytes }];
  const written = await Promise.all(
    releaseFiles({ settings, model, features, hasReference: reference !== null }).map(
      async ({ path, content, executable }): Promise<TreeEntry> => {
        return { path, ...(await store.putBytes(content)), ...(executable && { executable }) };
      },
    ),
  );
  const entries = [
    ...modelFiles.map((entry) => ({ ...entry, path: `model/${entry.path}` })),
    ...written,
    ...(requirements === null ? [] : [{ ...requirements, path: 'requirements.txt' }]),
    ...(reference === null ? [] : [reference]),
  ].toSorted((a, b) => compareCodeUnits(a.path, b.path));
  const { digest } = await store.putJson({ format: 'tidegate.tree/1', entries });
  return { kind: 'tree', digest, bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0), files: entries.length };
}

type StepArtifact = Awaited<ReturnType<StepKind['run']>>['outputs'][string];

interface ManifestParts extends Parts {
  readonly files: Digest;
  readonly runtimeVersion: string;
}

function manifestOf({ project, service }: ReleaseSettings, parts: ManifestParts): ReleaseManifest {
  const { settings, version, model, features, definitions, requirements, reference, files, runtimeVersion } = parts;
  const { artifact, flavor, file, signature } = model;
  const python = settings.python && { requirements: requirements?.digest ?? null, interpreter: settings.python.interpreter };
  return {
    format: 'tidegate.release/1',
    project,
    service,
    model: { name: settings.model, version, artifact, flavor, file, signature },
    features,
    definitions,
    reference: reference?.digest ?? null,
    python,
    runtime: { name: '@tidegate/serving', version: runtimeVersion },
    files,
  };
}
