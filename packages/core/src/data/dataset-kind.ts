import { join } from 'node:path';
import type { Artifact, DatasetSchema, DatasetVersion, Digest, Json, TreeEntry } from '@tidegate/formats';
import { type Engine, type EngineOptions, openEngine } from '@tidegate/runtime';
import { errorOf, type TableConfig } from '../config/index.ts';
import type { StepKind, StepResult } from '../pipeline/index.ts';
import { rm } from '../platform/index.ts';
import { asideEvidence } from './quarantine/aside-evidence.ts';
import { type PutAside, putAside, type PutAsideOptions } from './quarantine/put-aside.ts';
import type { ObjectStore } from '../store/index.ts';
import { checkEvidence } from './checks/check-evidence.ts';
import { refuseBadPatterns } from './checks/patterns.ts';
import type { DataContract } from './contract/data-contract.ts';
import { parseContract } from './contract/parse-contract.ts';
import { type DatasetContext, type DatasetInputs, datasetInputs, linksAmong } from './dataset-inputs.ts';
import { driftSetting, runDrift } from './drift/run-drift.ts';
import { holdOut } from './holdout/hold-out.ts';
import { holdoutRule } from './holdout/holdout-rule.ts';
import { type ForgottenRows, forgottenMark } from './forget/forgotten-rows.ts';
import { measureTable } from './measure-table.ts';
import { makeOntoVersion, treeOntoOf } from './onto/onto-version.ts';
import { isPlain, makePlainVersion } from './plain-version.ts';
import { type DatasetFile, tableFormatOf } from './read/dataset-file.ts';
import { type DatasetTable, openTable } from './read/dataset-table.ts';
import { putRecord } from './put-record.ts';
import { scratchFolder } from './scratch-folder.ts';
import { keepRows, type KeptRows } from './tables/keep-rows.ts';
import { treeArtifact } from './tree-artifact.ts';
import { versionRecord } from './version-record.ts';

export interface DatasetDeps {
  readonly openEngine: (options: EngineOptions) => Promise<Engine>;
  /** Tables of the versions that a dataset has had, the newest first. Default: none is known. */
  readonly formerTables?: (dataset: string) => Promise<readonly Digest[]>;
  /** The `profile.parts` of versions that a dataset has had, the newest first. Default: none is known. */
  readonly formerParts?: (dataset: string) => Promise<readonly Digest[]>;
  /** Rows of a dataset that were forgotten, and are left out when its files have them still. Default: none was. */
  readonly forgottenRows?: (dataset: string) => Promise<ForgottenRows | null>;
  /** The working tree, for links among the files. Default: there are none. */
  readonly root?: string;
}

/**
 * Makes a dataset version: reads the files as one table, profiles it, checks it against its data contract, and holds rows out
 * where the dataset says so. A check that fails is evidence; only what cannot be read is an error.
 */
export function datasetKind(deps: DatasetDeps = { openEngine }): StepKind {
  const root = deps.root ?? null;
  return {
    kind: 'dataset',
    version: 5,
    facts: async ({ node, inputs }) => {
      const links = linksAmong(inputs, root);
      const forgotten = node.settings['table'] === undefined ? null : await deps.forgottenRows?.(node.name.slice('data.'.length));
      return { ...(Object.keys(links).length > 0 && { links }), ...(forgotten && { forgotten: forgottenMark(forgotten) }) };
    },
    run: (context) => {
      const onto = treeOntoOf(context.node);
      return onto === null ? makeDataset(context, deps) : makeOntoVersion(context, onto);
    },
  };
}

/** What the step of a dataset makes, also without a run around it. */
export async function makeDataset(context: DatasetContext, deps: DatasetDeps): Promise<StepResult> {
  const inputs = await datasetInputs(context, deps.root ?? null);
  if (isPlain(inputs)) return makePlainVersion(context, inputs);
  const folder = await scratchFolder();
  try {
    // one thread: with more, sums of fractions depend on which was first, and the same files must give the same record
    using engine = await deps.openEngine({ threads: 1, spill: join(folder, 'spill'), signal: context.signal });
    return await makeVersion(engine, inputs, { ...deps, context, folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where the work is done, and with what. */
interface Place extends DatasetDeps {
  readonly context: DatasetContext;
  /** For files of its own. */
  readonly folder: string;
}

async function makeVersion(engine: Engine, given: DatasetInputs, place: Place): Promise<StepResult> {
  const { context, folder } = place;
  const { dataset, settings } = given;
  const contract = readContract(given);
  if (contract !== null) await refuseBadPatterns(engine, contract);
  context.signal.throwIfAborted();
  context.progress('Read the files', null);
  const found = await atHand(context, given);
  const format = tableFormatOf(found.map(({ path }) => path));
  const declared = new Map(
    (contract?.columns ?? []).flatMap(({ name, logicalType }) => (logicalType === null ? [] : [[name, logicalType] as const])),
  );
  const open = (files: readonly DatasetFile[]): Promise<DatasetTable> =>
    openTable(engine, { files, format, declared, folders: () => settings.partitions !== null || settings.table !== null });
  const whole = await open(found);
  const time = settings.time ?? contract?.time ?? null;
  const aside = await asideOf(engine, whole, { given, contract, time, store: context.store, folder });
  const [own, source] = aside?.files ? [aside.files, await open(aside.files)] : [found, whole];
  const kept = await rowsKept({ dataset, source, table: settings.table }, place);
  const files = kept?.files ?? own;
  const table = kept === null ? source : await openTable(engine, { files, format: 'parquet', declared: new Map() });
  context.signal.throwIfAborted();
  context.progress('Measure and check', null);
  const measurement = await measureTable(engine, table, {
    dataset,
    contract,
    time,
    signal: context.signal,
    parts: { store: context.store, former: (await place.formerParts?.(dataset)) ?? [] },
  });
  const delivered = kept?.tree ?? (await treeOf(context.store, given));
  const isLess = kept === null && aside?.files != null;
  const tree = isLess ? await treeArtifact(context.store, aside.files) : delivered;
  const contractDigest = given.contract?.digest ?? null;
  const version = versionRecord({
    dataset,
    files,
    table,
    measurement,
    tree: tree.digest,
    contract,
    contractDigest,
    time,
    ...(isLess && { delivered: delivered.digest }),
  });
  const schema: DatasetSchema = { format: 'tidegate.dataset-schema/1', dataset, columns: version.columns };
  const outputs = {
    version: await putRecord(context.store, version),
    schema: await putRecord(context.store, schema),
    files: tree,
    ...(aside !== null && { quarantine: aside.artifact }),
    ...(settings.quarantine?.goesOn === true && { delivered }),
  };
  const drift = driftSetting(context.node.settings['drift']);
  if (drift !== null) context.progress('Look for drift', null);
  const evidence = [
    ...(aside === null || aside.rows === 0 ? [] : [asideEvidence(dataset, aside)]),
    ...measurement.findings.map((finding) => checkEvidence(`data.${dataset}`, finding)),
    ...(drift === null
      ? []
      : await runDrift({ version, setting: drift, store: context.store, openEngine: place.openEngine, folder, signal: context.signal })),
  ];
  const forgotten = kept?.facts['forgottenRows'];
  const isTable = settings.table !== null || (given.reading !== null && context.node.settings['source'] === 'store');
  const facts = {
    ...(forgotten !== undefined && { forgottenRows: forgotten }),
    ...factsOf(version),
    ...(measurement.measuredRows < version.rows && { measuredRows: measurement.measuredRows }),
    ...(aside !== null && { quarantined: aside.rows }),
    ...kept?.facts,
    ...(isTable && { from: context.node.settings['files'] ?? [] }), // what tells later whether the version may stand for files that are not here
  };
  if (settings.holdout === null) return { outputs, evidence, facts };
  context.signal.throwIfAborted();
  context.progress('Hold rows out', null);
  const sides = await holdOut(engine, files, {
    dataset,
    rule: holdoutRule(settings.holdout, settings),
    format: table.format,
    store: context.store,
    folder,
  });
  return { outputs: { ...outputs, ...sides }, evidence, facts };
}

/** Rows that break checks, put aside; null for a dataset that keeps them among the others. */
async function asideOf(
  engine: Engine,
  table: DatasetTable,
  { given, ...options }: { readonly given: DatasetInputs } & Pick<PutAsideOptions, 'contract' | 'time' | 'store' | 'folder'>,
): Promise<PutAside | null> {
  const { dataset, settings } = given;
  if (settings.quarantine === null) return null;
  return putAside(engine, table, { dataset, quarantine: settings.quarantine, keepFiles: settings.table === null, ...options });
}

/** What was read is a table already, which is read like a tree. */
async function treeOf(
  store: ObjectStore,
  { reading, files }: { readonly reading: Digest | null; readonly files: readonly TreeEntry[] },
): Promise<Artifact> {
  if (reading === null) return treeArtifact(store, files);
  return { kind: 'tree', digest: reading, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), files: files.length };
}

/** The rows as a table, for a dataset that is kept as one. */
async function rowsKept(
  { dataset, source, table }: { readonly dataset: string; readonly source: DatasetTable; readonly table: TableConfig | null },
  { context, openEngine: open, formerTables, forgottenRows, folder }: Place,
): Promise<KeptRows | null> {
  if (table === null) return null;
  const former = (await formerTables?.(dataset)) ?? [];
  const forgotten = (await forgottenRows?.(dataset)) ?? null;
  return keepRows(context, { dataset, table, source, former, forgotten, openEngine: open, folder });
}

/** The files as an engine can read them: objects of the store, but for those of a table, which are no objects. */
async function atHand({ store }: DatasetContext, { files, settings }: DatasetInputs): Promise<readonly DatasetFile[]> {
  const found: DatasetFile[] = [];
  for (const { path, digest, bytes, source } of files)
    found.push({ path, digest, bytes, object: settings.table !== null && source !== null ? source : await store.pathOf(digest) });
  return found;
}

function readContract({ dataset, contract }: DatasetInputs): DataContract | null {
  if (contract === null) return null;
  const parsed = parseContract({ file: contract.path, text: contract.text, dataset });
  if (!parsed.ok) throw errorOf(parsed.failure);
  return parsed.value;
}

function factsOf(version: DatasetVersion): { readonly [name: string]: Json } {
  const failed = version.checks.filter(({ verdict }) => verdict !== 'pass').length;
  return {
    rows: version.rows,
    files: version.files,
    bytes: version.bytes,
    columns: version.columns.length,
    checks: version.checks.length,
    failed,
  };
}
