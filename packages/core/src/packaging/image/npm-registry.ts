import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { failure, shape } from '@tidegate/formats';
import { unpackTarball } from '../../oci/index.ts';
import { homedir, type HttpExchange, readTextIfThere, wholeAnswer } from '../../platform/index.ts';
import type { AbsentPackage } from './npm-closure.ts';

export interface NpmRegistryOptions {
  readonly exchange: HttpExchange;
  readonly variables: { readonly [name: string]: string | undefined };
  readonly signal?: AbortSignal | undefined;
}

const longestPackage = 512 << 20;

/**
 * Gets a package of one platform for an image for another one than this machine: the exact version, with the checksum that the registry of npm names.
 *
 * @param folder is made, with the files of the package @throws TG-IMAGE-RUNTIME
 */
export async function fetchNpmPackage({ name, version }: AbsentPackage, folder: string, options: NpmRegistryOptions): Promise<void> {
  const registry = await registryOf(options.variables);
  const refuse = (found: string): never => {
    throw failure(
      'TG-IMAGE-RUNTIME',
      `Cannot get the package "${name}@${version}" of "${registry}": ${found}`,
      'Build for the platform of this machine, or where the registry of npm can be reached',
    );
  };
  const ask = async (url: string): Promise<Uint8Array> => {
    const answer = await options.exchange
      .ask({ url, method: 'GET', headers: {}, body: null, signal: options.signal })
      .catch((error: unknown) => refuse(String(error)));
    const bytes = await wholeAnswer(answer.body, longestPackage);
    return answer.status === 200 ? bytes : refuse(`it answers with status ${answer.status}`);
  };
  const described = shape.parse(
    versionShape,
    JSON.parse(Buffer.from(await ask(`${registry}/${name.replace('/', '%2f')}/${version}`)).toString('utf8')),
  );
  if (!described.ok) return refuse('it says nothing of where it is');
  const { tarball, integrity } = described.value.dist;
  const bytes = await ask(tarball);
  const sum = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  if (sum !== integrity) return refuse(`what comes has the checksum ${sum}, and ${integrity} is wanted`);
  await unpackTarball(bytes, folder);
}

const versionShape = shape.object(
  {
    dist: shape.required(shape.object({ tarball: shape.required(shape.text()), integrity: shape.required(shape.text()) }, { open: true })),
  },
  { open: true },
);

/** What npm takes: its variable, or the file in the home of the user. */
async function registryOf({
  npm_config_registry: lower,
  NPM_CONFIG_REGISTRY: upper,
  HOME: home = homedir(),
}: NpmRegistryOptions['variables']): Promise<string> {
  const file = (await readTextIfThere(join(home, '.npmrc'))) ?? '';
  const written = /^\s*registry\s*=\s*(\S+)/m.exec(file)?.[1];
  return (lower ?? upper ?? written ?? 'https://registry.npmjs.org').replace(/\/+$/, '');
}
