import { dirname, join } from 'node:path';
import { type DatasetVersion, type Digest, runId, type Tree } from '@tidegate/formats';
import { openEngine, quoteText } from '@tidegate/runtime';
import type { DatasetConfig, PartitionsConfig, QuarantineConfig, TableConfig } from '../config/index.ts';
import type { ResolvedInput, StepContext, StepResult } from '../pipeline/index.ts';
import { digestOfFile, filesBelow, mkdir, mkdtemp, rm, stat, systemPlatform, tmpdir, writeFile } from '../platform/index.ts';
import { folderObjectStore, type ObjectStore } from '../store/index.ts';
import { datasetKind } from './dataset-kind.ts';
import { datasetNodes } from './dataset-nodes.ts';
import { readVersion } from './read-version.ts';
import { tablesAsTrees } from './tables/tables-as-trees.ts';

/** For tests: a project folder and a store of their own, and the step `data.t` run on them. */
export interface TestDataset {
  readonly root: string;
  readonly store: ObjectStore;
  readonly digestOf: (path: string) => Promise<Digest>;
  readonly write: (path: string, content: string | Uint8Array) => Promise<void>;
  /** Writes the rows of a query as Parquet. */
  readonly writeParquet: (path: string, query: string) => Promise<void>;
  /** Runs the step on every file of the folder; `contract` is the text of a data contract. */
  readonly run: (options?: {
    readonly contract?: string | Uint8Array;
    readonly time?: string;
    readonly holdout?: number;
    readonly split?: DatasetConfig['split'];
    readonly table?: Partial<TableConfig>;
    readonly partitions?: PartitionsConfig;
    readonly quarantine?: QuarantineConfig;
    /** Tables of earlier versions. */
    readonly former?: readonly Digest[];
    /** What the profiles of earlier versions were made of. */
    readonly formerParts?: readonly Digest[];
  }) => Promise<TestVersion>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

export interface TestVersion {
  readonly result: StepResult;
  readonly version: DatasetVersion;
}

/** `name` is part of the path of everything, for names that are awkward. */
export async function testDataset(name = ''): Promise<TestDataset> {
  const folder = await mkdtemp(join(tmpdir(), `tidegate-test-${name}-`));
  const root = join(folder, 'project');
  const store = tablesAsTrees(folderObjectStore(join(folder, 'objects')), join(folder, 'parts'));
  const write: TestDataset['write'] = async (path, content) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  };
  return {
    root,
    store,
    digestOf: (path) => digestOfFile(join(root, path)),
    write,
    writeParquet: async (path, query) => {
      await mkdir(dirname(join(root, path)), { recursive: true });
      using engine = await openEngine({ threads: 1 });
      await engine.run(`COPY (${query}) TO ${quoteText(join(root, path))} (FORMAT parquet, COMPRESSION zstd)`);
    },
    run: async ({ contract, time, holdout, split, table, partitions, quarantine, former = [], formerParts = [] } = {}) => {
      if (contract !== undefined) await write('t.odcs.yaml', contract);
      const config: DatasetConfig = {
        from: { files: ['**'] },
        contract: contract === undefined ? null : 't.odcs.yaml',
        time: time ?? null,
        push: null,
        holdout: holdout ?? null,
        ...(split !== undefined && { split }),
        ...(partitions !== undefined && { partitions }),
        ...(quarantine !== undefined && { quarantine }),
        ...(table !== undefined && { table: { key: [], folder: 'tables/t', partition: null, keep: null, ...table } }),
      };
      const result = await datasetKind({ openEngine, formerTables: async () => former, formerParts: async () => formerParts }).run(
        await contextOf({ root, store, config }),
      );
      const { version } = result.outputs;
      if (version === undefined) throw new Error('Cannot find the output "version"');
      return { result, version: await readVersion(store, version) };
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

async function contextOf({
  root,
  store,
  config,
}: {
  readonly root: string;
  readonly store: ObjectStore;
  readonly config: DatasetConfig;
}): Promise<StepContext> {
  const [node] = datasetNodes({ data: { t: config } });
  if (node === undefined) throw new Error('Cannot find the step');
  const paths = (await filesBelow(root)).filter((path) => path !== 't.odcs.yaml' || config.contract !== null);
  return {
    node,
    inputs: await Promise.all(paths.map((path) => inputAt(root, path))),
    store,
    platform: systemPlatform,
    run: runId('r-20261123-202553-3f9a'),
    signal: new AbortController().signal,
    emit: () => {},
    progress: () => {},
    log: () => {},
    workspace: () => Promise.reject(new Error('A dataset needs no workspace')),
    ownProcess: () => {},
  };
}

async function inputAt(root: string, path: string): Promise<ResolvedInput> {
  const source = join(root, path);
  const artifact = { kind: 'file', digest: await digestOfFile(source), bytes: (await stat(source)).size, files: 1 } as const;
  return { name: path, artifact, place: path, source };
}

/** Path → content of the files of an output. */
export async function textsOf(store: ObjectStore, result: StepResult, output: string): Promise<{ readonly [path: string]: string }> {
  const artifact = result.outputs[output];
  if (artifact === undefined) throw new Error(`Cannot find the output "${output}"`);
  const tree: Tree = await store.readTree(artifact.digest);
  const texts = await Promise.all(
    tree.entries.map(async ({ path, digest }) => [path, Buffer.from(await store.readBytes(digest)).toString('utf8')]),
  );
  return Object.fromEntries(texts) as { readonly [path: string]: string };
}
