import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { type Digest, digestOfHex, type FeatureServiceSpec, type Flavor, type ReleaseManifest, type Signature } from '@tidegate/formats';
import { openEngine, quoteText, type Row } from '@tidegate/runtime';
import { systemPlatform } from '../platform/index.ts';
import { folderObjectStore, type ObjectStore } from '../store/index.ts';
import { type ScoredJob, scoreFile } from './score-file.ts';
import type { ScoreOrder } from './score-order.ts';

export const fixtures = resolve(import.meta.dirname, '../../../serving/fixtures');
/** How the serving processes start. */
export const argv = [process.execPath, resolve(fixtures, '../src/main.ts')];

/** A folder with a store, in which files are scored by real processes; gone after the test. */
export interface ScoringBench {
  readonly folder: string;
  readonly store: ObjectStore;
  readonly path: (name: string) => string;
  /** Writes the rows of a query as a Parquet or CSV file, by its name. */
  readonly write: (name: string, query: string) => Promise<void>;
  /** Rows of a file that was written. */
  readonly read: (name: string) => Promise<readonly Row[]>;
  readonly text: (name: string) => Promise<string>;
  readonly score: (release: Digest, order: { readonly input: string; readonly output: string } & Partial<ScoreOrder>) => Promise<ScoredJob>;
}

export function makeScoringBench(t: TestContext): ScoringBench {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-scoring-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const store = folderObjectStore(join(folder, 'objects'));
  const path = (name: string): string => join(folder, name);
  const source = (name: string): string =>
    name.endsWith('.csv') ? `read_csv(${quoteText(path(name))}, all_varchar = true)` : `read_parquet(${quoteText(path(name))})`;
  return {
    folder,
    store,
    path,
    write: async (name, query) => {
      using engine = await openEngine({ threads: 1 });
      await engine.run(`COPY (${query}) TO ${quoteText(path(name))}`);
    },
    read: async (name) => {
      using engine = await openEngine({ threads: 1 });
      return await engine.rows(`SELECT * FROM ${source(name)}`);
    },
    text: (name) => readFile(path(name), 'utf8'),
    score: (release, order) => scoreFile(orderOf({ folder, store }, release, order)),
  };
}

/** An order of the bench: what is not given is as in most tests. */
export function orderOf(
  { folder, store }: Pick<ScoringBench, 'folder' | 'store'>,
  release: Digest,
  given: { readonly input: string; readonly output: string } & Partial<ScoreOrder>,
): ScoreOrder {
  const { input, output, ...others } = given;
  return {
    store,
    argv,
    release,
    datasets: [],
    versions: {},
    refusedData: {},
    signature: async () => null,
    python: async () => 'python3',
    variables: { PATH: process.env['PATH'] ?? '' },
    declared: {},
    signal: new AbortController().signal,
    clock: systemPlatform.clock,
    scores: join(folder, 'scores'),
    project: 'harbour',
    environment: null,
    commit: null,
    tidegate: '0.1.0',
    asOfMs: null,
    chunkRows: 50_000,
    progress: () => {},
    input: join(folder, input),
    output: join(folder, output),
    quarantine: join(folder, `quarantine-of-${output}`),
    ...others,
  };
}

interface BenchModel {
  readonly flavor: Flavor;
  readonly signature: Signature;
  /** The model's file, and one that lies beside it. */
  readonly file: { readonly path: string };
  readonly beside?: { readonly path: string };
  readonly features?: FeatureServiceSpec;
  /** Digest of the features' definitions. */
  readonly definitions?: Digest;
}

/** Puts a release into a store. */
export async function storeBenchRelease(store: ObjectStore, given: BenchModel): Promise<Digest> {
  const { flavor, signature, file, beside, features, definitions } = given;
  const paths = [file.path, ...(beside === undefined ? [] : [beside.path])].toSorted((a, b) => (basename(a) < basename(b) ? -1 : 1));
  const entries = await Promise.all(paths.map(async (path) => ({ path: `model/${basename(path)}`, ...(await store.putFile(path)) })));
  const files = await store.putJson({ format: 'tidegate.tree/1', entries });
  const manifest: ReleaseManifest = {
    format: 'tidegate.release/1',
    project: 'harbour',
    service: 'tide-api',
    features: features ?? null,
    definitions: definitions ?? null,
    python: flavor === 'onnx' ? null : { requirements: null, interpreter: 'python3' },
    model: {
      name: 'tide',
      version: digestOfHex('1'.repeat(64)),
      artifact: (await store.putFile(file.path)).digest,
      flavor,
      file: basename(file.path),
      signature,
    },
    runtime: { name: '@tidegate/serving', version: '0.1.0' },
    files: files.digest,
  };
  return (await store.putJson(manifest)).digest;
}

/** A release of one of the ONNX models among the fixtures. */
export async function storeFixture(store: ObjectStore, name: string): Promise<Digest> {
  const signature = JSON.parse(await readFile(join(fixtures, `${name}.signature.json`), 'utf8')) as Signature;
  return storeBenchRelease(store, { flavor: 'onnx', signature, file: { path: join(fixtures, `${name}.onnx`) } });
}
