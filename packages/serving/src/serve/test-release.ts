import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { digestOfHex, type FeatureServiceSpec, type Flavor, type Signature } from '@tidegate/formats';

const fixtures = resolve(import.meta.dirname, '../../fixtures');
const anyDigest = digestOfHex('ab'.repeat(32));

export interface TestRelease {
  readonly folder: string;
  readonly signature: Signature;
  readonly remove: () => Promise<void>;
}

export interface TestModel {
  /** A file below `fixtures`. */
  readonly file: string;
  readonly flavor: Flavor;
  /** Default: the one beside the file. */
  readonly signature?: Signature;
  readonly features?: FeatureServiceSpec;
}

/** A release folder with a model of `fixtures` in a new temporary folder. The model is called `tide`. */
export async function makeRelease({ file, flavor, ...given }: TestModel): Promise<TestRelease> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-release-'));
  const signature: Signature = given.signature ?? (await signatureOf(file));
  await mkdir(join(folder, 'model'));
  await copyFile(join(fixtures, file), join(folder, 'model', basename(file)));
  const manifest = {
    format: 'tidegate.release/1',
    project: 'harbour',
    service: 'tide-api',
    model: { name: 'tide', version: anyDigest, artifact: anyDigest, flavor, file: basename(file), signature },
    features: given.features ?? null,
    definitions: null,
    python: null,
    runtime: { name: '@tidegate/serving', version: '0.1.0' },
    files: anyDigest,
  };
  await writeFile(join(folder, 'release.json'), JSON.stringify(manifest));
  return { folder, signature, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The signature beside a model of `fixtures`. */
export async function signatureOf(file: string): Promise<Signature> {
  return JSON.parse(await readFile(join(fixtures, file.replace(/\.\w+$/, '.signature.json')), 'utf8'));
}

/** The rows of a fixture, and what scikit-learn predicts for them. */
export async function casesOf(name: string): Promise<{
  readonly rows: readonly { readonly [field: string]: string | number | boolean | null }[];
  readonly prediction: readonly (number | string)[];
  readonly probabilities?: readonly (readonly number[])[];
}> {
  return JSON.parse(await readFile(join(fixtures, `${name}.cases.json`), 'utf8'));
}
