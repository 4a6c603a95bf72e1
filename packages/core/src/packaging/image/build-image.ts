import { join, relative } from 'node:path';
import { type Digest, failure, shortDigest } from '@tidegate/formats';
import {
  composeImage,
  composeIndex,
  type Descriptor,
  debianImage,
  debianLayer,
  type Image,
  type ImagePlatform,
  type ImageReference,
  type Layer,
  type LayerEntry,
  type NamedLayer,
  pullImage,
  type PullOptions,
  writeLayer,
} from '../../oci/index.ts';
import { digestOfFile, type HttpExchange, realpath, rm } from '../../platform/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import { readRelease } from '../read-release.ts';
import type { ImageBase } from './base-file.ts';
import type { LayerCache } from './layer-cache.ts';
import { findPackage, type InstalledPackage, npmClosure } from './npm-closure.ts';
import { fetchNpmPackage } from './npm-registry.ts';
import { releaseEntries, releasePlace } from './release-entries.ts';
import { fileEntry, imageRoot, packageEntries } from './runtime-entries.ts';

/** What an image lies on: packages of Debian by digest, or an image of a registry. */
export type ImageGround =
  { readonly kind: 'debian'; readonly base: ImageBase } | { readonly kind: 'registry'; readonly reference: ImageReference };

export interface BuildImageRequest {
  readonly release: Digest;
  readonly ground: ImageGround;
  /** At least one. */
  readonly platforms: readonly ImagePlatform[];
}

export interface BuildImageDeps {
  readonly store: ObjectStore;
  readonly layers: LayerCache;
  /** Path of the program of the model server. */
  readonly servingProgram: string;
  /** Version of this Node, without `v`. */
  readonly nodeVersion: string;
  readonly exchange: HttpExchange;
  readonly pull: Omit<PullOptions, 'scratch'>;
  /** Gives a name that nobody has, on the file system of the store. */
  readonly scratch: () => string;
  /** Told what is being done. */
  readonly onStep: (doing: string) => void;
}

/** A layer of an image, for a reader. */
export interface BuiltLayer {
  readonly platform: string;
  readonly what: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly isReused: boolean;
}

export interface BuiltImage {
  /** Of the index, or of the only image. */
  readonly descriptor: Descriptor;
  readonly images: readonly Image[];
  /** From the lowest. */
  readonly layers: readonly BuiltLayer[];
  readonly service: string;
}

/** How Node names a processor that Go names otherwise. */
const cpuOf: { readonly [architecture: string]: string } = { amd64: 'x64', arm64: 'arm64' };

/**
 * Builds the image of a release, with no daemon and no root: the base, Node, the libraries of the model server, the server itself, and last the release, which alone changes with the model. The same release on the same base
 * gives the same digest on every machine.
 *
 * @throws TG-IMAGE-PLATFORM, TG-IMAGE-BASE, TG-IMAGE-RUNTIME, and what reading the release and the base throws
 */
export async function buildImage({ release, ground, platforms }: BuildImageRequest, deps: BuildImageDeps): Promise<BuiltImage> {
  const manifest = await readRelease(deps.store, release);
  if (manifest.model.flavor !== 'onnx')
    throw failure(
      'TG-IMAGE-RUNTIME',
      `Cannot build an image of ${shortDigest(release)}: its model "${manifest.model.name}" runs in Python, which images do not have yet`,
      'Convert the model to ONNX, or deploy the release as a folder: tidegate release FOLDER',
    );
  const images: Image[] = [];
  const told: BuiltLayer[] = [];
  for (const platform of platforms) {
    const cpu = cpuOf[platform.architecture];
    if (platform.os !== 'linux' || cpu === undefined)
      throw failure(
        'TG-IMAGE-PLATFORM',
        `Cannot build an image for "${platform.os}/${platform.architecture}": there is no model server for it`,
        'Name linux/amd64 or linux/arm64',
      );
    const base = await baseFor(ground, platform, deps);
    const made = [...(await runtimeLayers(cpu, deps)), await releaseLayer(release, deps)];
    const named = made.map(({ layer, what }): NamedLayer => ({ layer, createdBy: what }));
    deps.onStep(`writing the image for ${platform.os}/${platform.architecture}`);
    images.push(
      await composeImage(deps.store, {
        base: base.image,
        platform,
        layers: named,
        config: await configFor(release, deps),
        annotations: labelsOf(release, manifest),
      }),
    );
    const name = `${platform.os}/${platform.architecture}`;
    told.push(
      ...base.image.manifest.layers.map(({ digest, size }) => ({
        platform: name,
        what: 'base',
        digest,
        bytes: size,
        isReused: base.isReused,
      })),
      ...made.map(({ layer, what, isReused }) => ({ platform: name, what, digest: layer.digest, bytes: layer.size, isReused })),
    );
  }
  const [only, ...more] = images;
  if (only === undefined) throw new Error('An image is built for at least one platform');
  const descriptor = more.length === 0 ? only.descriptor : await composeIndex(deps.store, images, labelsOf(release, manifest));
  return { descriptor, images, layers: told, service: manifest.service };
}

async function baseFor(
  ground: ImageGround,
  platform: ImagePlatform,
  { store, layers, pull, scratch, onStep, exchange }: BuildImageDeps,
): Promise<{ readonly image: Image; readonly isReused: boolean }> {
  if (ground.kind === 'registry') {
    onStep('pulling the base');
    return { image: await pullImage(ground.reference, platform, store, { ...pull, scratch }), isReused: false };
  }
  const name = `${platform.os}/${platform.architecture}`;
  const packages = ground.base.platforms[name];
  if (packages === undefined)
    throw failure(
      'TG-IMAGE-BASE',
      `Cannot build an image for ${name}: the base has no packages for it`,
      `Pin them: tidegate image base --platform ${name}`,
    );
  const { layer, isReused } = await layers.layer(['base', ...packages.map(({ digest }) => digest)], () => {
    onStep('putting the base together');
    return debianLayer(packages, store, { scratch: scratch(), exchange, signal: pull.signal });
  });
  return { image: await debianImage(packages, layer, platform, store), isReused };
}

interface MadeLayer {
  readonly layer: Layer;
  readonly what: string;
  readonly isReused: boolean;
}

/** Node, the packages that others make, and ours: what changes seldom lies below. */
async function runtimeLayers(cpu: string, deps: BuildImageDeps): Promise<readonly MadeLayer[]> {
  const serving = await servingFolder(deps);
  const { here, absent } = await npmClosure(serving, cpu);
  const ours = here.filter(({ name }) => name.startsWith('@tidegate/'));
  const others = here.filter((one) => !ours.includes(one));
  const ourEntries = await packageEntries(ours, cpu);
  const node = { name: `node-linux-${cpu}`, version: deps.nodeVersion };
  const named = (packages: readonly { readonly name: string; readonly version: string }[]): readonly string[] =>
    packages.map(({ name, version }) => `${name}@${version}`).toSorted();
  const made = async (
    what: string,
    key: readonly string[],
    entries: (scratch: string) => Promise<Parameters<typeof writeLayer>[1]>,
  ): Promise<MadeLayer> => {
    const { layer, isReused } = await deps.layers.layer([what, cpu, ...key], async () => {
      deps.onStep(`packing ${what}`);
      const scratch = deps.scratch();
      try {
        return await writeLayer(deps.store, await entries(scratch), { compress: true, scratch: deps.scratch() });
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    });
    return { layer, what, isReused };
  };
  return Promise.all([
    made('Node', named([node]), async (scratch) => {
      const folder = (await findPackage(node.name, serving)) ?? (await fetched(node, scratch, deps));
      return [
        await fileEntry(`${imageRoot}/bin/node`, join(folder, 'bin/node')),
        await fileEntry(`${imageRoot}/bin/LICENSE`, join(folder, 'LICENSE')),
      ];
    }),
    made('libraries', named([...others, ...absent]), async (scratch) => {
      const brought: InstalledPackage[] = [];
      for (const one of absent)
        brought.push({ ...one, folder: await fetched(one, scratch, deps), place: `node_modules/${one.name}`, isInstalled: true });
      return packageEntries([...others, ...brought], cpu);
    }),
    made('model server', await contentsOf(ourEntries), () => Promise.resolve(ourEntries)),
  ]);
}

async function fetched(
  one: { readonly name: string; readonly version: string },
  scratch: string,
  { exchange, pull }: BuildImageDeps,
): Promise<string> {
  const folder = join(scratch, one.name);
  await fetchNpmPackage(one, folder, { exchange, variables: pull.variables, signal: pull.signal });
  return folder;
}

/** Of our own packages the files count: while they are worked on, their version says nothing. */
async function contentsOf(entries: readonly LayerEntry[]): Promise<readonly string[]> {
  return Promise.all(
    entries.map(async (entry) => `${entry.path} ${entry.kind === 'file' ? await digestOfFile(entry.from) : JSON.stringify(entry)}`),
  );
}

/** The folder of the package whose program the model server is: two above it, `src/main.ts` or `dist/main.js`. */
async function servingFolder({ servingProgram }: BuildImageDeps): Promise<string> {
  return join(await realpath(servingProgram), '../..');
}

async function releaseLayer(release: Digest, { store, scratch }: BuildImageDeps): Promise<MadeLayer> {
  const entries = await releaseEntries(store, release, await readRelease(store, release));
  return { layer: await writeLayer(store, entries, { compress: false, scratch: scratch() }), what: 'release', isReused: false };
}

/** The port that SageMaker, MLServer and many others expect. */
const port = 8080;

async function configFor(release: Digest, deps: BuildImageDeps): Promise<Parameters<typeof composeImage>[1]['config']> {
  const manifest = await readRelease(deps.store, release);
  const serving = await servingFolder(deps);
  const { here } = await npmClosure(serving, 'x64');
  const place = here.find(({ folder }) => folder === serving)?.place ?? 'packages/serving';
  const program = relative(serving, await realpath(deps.servingProgram));
  return {
    User: '65532:65532',
    Entrypoint: [`/${imageRoot}/bin/node`, `/${imageRoot}/${place}/${program}`],
    Cmd: ['serve'],
    WorkingDir: '/',
    ExposedPorts: { [`${port}/tcp`]: {} },
    StopSignal: 'SIGTERM',
    Env: [
      `TIDEGATE_SERVE_RELEASE=/${releasePlace}`,
      `TIDEGATE_SERVE_PORT=${port}`,
      'TIDEGATE_SERVE_HOST=0.0.0.0',
      'NODE_ENV=production',
      'ORT_DISABLE_TELEMETRY=1',
    ],
    Labels: labelsOf(release, manifest),
  };
}

/** Keys of the OCI image specification ("Pre-Defined Annotation Keys"), and ours. */
function labelsOf(
  release: Digest,
  { project, service, model, runtime }: Awaited<ReturnType<typeof readRelease>>,
): { readonly [name: string]: string } {
  return {
    'org.opencontainers.image.title': service,
    'org.opencontainers.image.version': shortDigest(release),
    'dev.tidegate.project': project,
    'dev.tidegate.release': release,
    'dev.tidegate.model': model.name,
    'dev.tidegate.model-version': model.version,
    'dev.tidegate.runtime': `${runtime.name}@${runtime.version}`,
  };
}
