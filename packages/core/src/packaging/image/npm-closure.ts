import { dirname, join } from 'node:path';
import { failure, shape } from '@tidegate/formats';
import { readTextIfThere, realpath } from '../../platform/index.ts';

/** A package that is on this machine, at its place below `node_modules` of the image. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Its real folder here. */
  readonly folder: string;
  /** Below the root of the runtime: `node_modules/prom-client`, or `packages/serving` for one that is not installed but worked on. */
  readonly place: string;
  /** False for a package of a repository, whose sources lie outside `node_modules`. */
  readonly isInstalled: boolean;
}

/** A package for another platform than this machine's, which is therefore not here. */
export interface AbsentPackage {
  readonly name: string;
  readonly version: string;
}

export interface NpmClosure {
  readonly here: readonly InstalledPackage[];
  readonly absent: readonly AbsentPackage[];
}

const { object, required, optional, text, record } = shape;
const manifestShape = object(
  {
    name: required(text()),
    version: required(text()),
    dependencies: optional(record(text())),
    optionalDependencies: optional(record(text())),
  },
  { open: true },
);

/** What a package needs only while npm installs it. */
const onlyToInstall: { readonly [name: string]: readonly string[] } = { 'onnxruntime-node': ['adm-zip', 'global-agent'] };

/**
 * A package and all that it needs to run on Linux with this processor (as Node names it: `x64`, `arm64`) and the GNU C library, as npm has installed them. Of packages for one platform each, those for others are left
 * out; the one that is wanted is absent when this machine is another.
 *
 * @throws TG-IMAGE-RUNTIME when a package that is needed is not there
 */
export async function npmClosure(folder: string, cpu: string): Promise<NpmClosure> {
  const here = new Map<string, InstalledPackage>();
  const absent = new Map<string, AbsentPackage>();
  const waiting = [await realpath(folder)];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (here.has(at)) continue;
    const manifest = await readManifest(at);
    here.set(at, placed(manifest, at, [...here.values()]));
    const skipped = new Set(onlyToInstall[manifest.name] ?? []);
    for (const name of Object.keys(manifest.dependencies ?? {}))
      if (!skipped.has(name) && manifest.optionalDependencies?.[name] === undefined)
        waiting.push((await findPackage(name, at)) ?? missing(name, manifest.name));
    for (const [name, version] of Object.entries(manifest.optionalDependencies ?? {})) {
      if (!isFor(name, cpu)) continue;
      const found = await findPackage(name, at);
      if (found === null) absent.set(name, { name, version });
      else waiting.push(found);
    }
  }
  return { here: [...here.values()], absent: [...absent.values()] };
}

/** By the name, as packages for one platform each have it. */
function isFor(name: string, cpu: string): boolean {
  return name.endsWith(`-linux-${cpu}`) || name.endsWith(`-linux-${cpu}-gnu`);
}

function missing(name: string, needer: string): never {
  throw failure(
    'TG-IMAGE-RUNTIME',
    `Cannot put the model server into an image: the package "${name}", which "${needer}" needs, is not installed`,
    'Install Tidegate again: npm install -g tidegate@latest',
  );
}

async function readManifest(folder: string): Promise<shape.TypeOf<typeof manifestShape>> {
  const content = await readTextIfThere(join(folder, 'package.json'));
  const parsed = content === null ? null : shape.parse(manifestShape, JSON.parse(content));
  if (parsed?.ok === true) return parsed.value;
  throw failure(
    'TG-IMAGE-RUNTIME',
    `Cannot put the model server into an image: "${folder}" is no package of npm`,
    'Install Tidegate again: npm install -g tidegate@latest',
  );
}

/** As Node looks for it: in `node_modules` beside the one that needs it, and then above. Null for none. */
export async function findPackage(name: string, from: string): Promise<string | null> {
  for (let folder = from; ; folder = dirname(folder)) {
    const at = join(folder, 'node_modules', name);
    if ((await readTextIfThere(join(at, 'package.json'))) !== null) return realpath(at);
    if (dirname(folder) === folder) return null;
  }
}

function placed(
  { name, version }: { readonly name: string; readonly version: string },
  folder: string,
  others: readonly InstalledPackage[],
): InstalledPackage {
  const isInstalled = /[/\\]node_modules[/\\]/.test(folder);
  const place = isInstalled ? `node_modules/${name}` : `packages/${name.split('/').at(-1) ?? name}`;
  if (others.some((other) => other.place === place))
    throw failure(
      'TG-IMAGE-RUNTIME',
      `Cannot put the model server into an image: "${name}" is installed in two versions`,
      'Install Tidegate by itself: npm install -g tidegate@latest',
    );
  return { name, version, folder, place, isInstalled };
}
