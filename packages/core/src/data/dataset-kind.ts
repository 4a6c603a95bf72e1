import { join } from 'node:path';
import type { Artifact, DatasetSchema, DatasetVersion, Digest, Evidence, Json } from '@tidegate/formats';
import { type Engine, type EngineOptions, openEngine } from '@tidegate/runtime';
import { errorOf } from '../config/index.ts';
import type { StepContext, StepKind, StepResult } from '../pipeline/index.ts';
import { rm } from '../platform/index.ts';
import type { Finding } from './checks/finding.ts';
import { refuseBadPatterns } from './checks/patterns.ts';
import { type DataContract, knownAtOf } from './contract/data-contract.ts';
import { parseContract } from './contract/parse-contract.ts';
import { type DatasetInputs, datasetInputs } from './dataset-inputs.ts';
import { holdOut } from './holdout/hold-out.ts';
import { measureTable, type TableMeasurement, verdictOver } from './measure-table.ts';
import { formatOf } from './read/dataset-file.ts';
import { type DatasetTable, openTable } from './read/dataset-table.ts';
import { scratchFolder } from './scratch-folder.ts';
import { treeArtifact } from './tree-artifact.ts';

export interface DatasetDeps {
  readonly openEngine: (options: EngineOptions) => Promise<Engine>;
}

/**
 * Makes a dataset version: reads the files as one table, profiles it, checks it against its data contract, and holds rows out
 * where the dataset says so. A check that fails is evidence; only what cannot be read is an error.
 */
export function datasetKind(deps: DatasetDeps = { openEngine }): StepKind {
  return {
    kind: 'dataset',
    version: 1,
    run: async (context) => {
      const folder = await scratchFolder();
      try {
        // one thread: with more, sums of fractions depend on which was first, and the same files must give the same record
        using engine = await deps.openEngine({ threads: 1, spill: join(folder, 'spill'), signal: context.signal });
        return await makeVersion(engine, context, folder);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function makeVersion(engine: Engine, context: StepContext, folder: string): Promise<StepResult> {
  const inputs = await datasetInputs(context);
  const { dataset, files, settings } = inputs;
  const contract = readContract(inputs);
  if (contract !== null) await refuseBadPatterns(engine, contract);
  context.signal.throwIfAborted();
  context.progress('Read the files', null);
  const format = formatOf(files.map(({ path }) => path));
  const declared = new Map(
    (contract?.columns ?? []).flatMap(({ name, logicalType }) => (logicalType === null ? [] : [[name, logicalType] as const])),
  );
  const table = await openTable(engine, { files, format, declared });
  context.signal.throwIfAborted();
  context.progress('Measure and check', null);
  const time = settings.time ?? contract?.time ?? null;
  const measurement = await measureTable(engine, table, { dataset, contract, time, signal: context.signal });
  const tree = await treeArtifact(
    context.store,
    files.map(({ path, digest, bytes }) => ({ path, digest, bytes })),
  );
  const version = versionOf(inputs, { table, measurement, tree: tree.digest, contract, time });
  const schema: DatasetSchema = { format: 'tidegate.dataset-schema/1', dataset, columns: version.columns };
  const outputs = { version: await putRecord(context, version), schema: await putRecord(context, schema), files: tree };
  const evidence = measurement.findings.map((finding) => evidenceOf(dataset, finding));
  const facts = factsOf(version);
  if (settings.holdout === null) return { outputs, evidence, facts };
  context.signal.throwIfAborted();
  context.progress('Hold rows out', null);
  const sides = await holdOut(engine, files, { dataset, share: settings.holdout, format, store: context.store, folder });
  return { outputs: { ...outputs, ...sides }, evidence, facts };
}

async function putRecord({ store }: StepContext, record: unknown): Promise<Artifact> {
  const { digest, bytes } = await store.putJson(record);
  return { kind: 'file', digest, bytes, files: 1 };
}

function readContract({ dataset, contract }: DatasetInputs): DataContract | null {
  if (contract === null) return null;
  const parsed = parseContract({ file: contract.path, text: contract.text, dataset });
  if (!parsed.ok) throw errorOf(parsed.failure);
  return parsed.value;
}

interface VersionParts {
  readonly table: DatasetTable;
  readonly measurement: TableMeasurement;
  readonly tree: Digest;
  readonly contract: DataContract | null;
  readonly time: string | null;
}

function versionOf(
  { dataset, files, contract: text }: DatasetInputs,
  { table, measurement, tree, contract, time }: VersionParts,
): DatasetVersion {
  return {
    format: 'tidegate.dataset-version/1',
    dataset,
    tree,
    fileFormat: table.format,
    rows: measurement.rows,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    files: files.length,
    columns: table.columns.map(({ name, type, physicalType }) => ({ name, type, physicalType })),
    time,
    knownAt: contract === null ? {} : Object.fromEntries(knownAtOf(contract)),
    profile: measurement.profile,
    contract: text?.digest ?? null,
    checks: measurement.findings.map(({ result }) => result),
    verdict: verdictOver(measurement.findings),
  };
}

function evidenceOf(dataset: string, { result, reason }: Finding): Evidence {
  return {
    format: 'tidegate.evidence/1',
    kind: 'check',
    name: result.name,
    subject: `data.${dataset}`,
    verdict: result.verdict,
    blocking: result.severity === 'error' && result.verdict !== 'pass',
    reason,
    details: { ...result },
  };
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
