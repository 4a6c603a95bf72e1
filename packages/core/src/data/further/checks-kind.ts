import { join } from 'node:path';
import { type DatasetChecks, type DatasetVersion, type Digest, type Evidence, type JsonObject, TidegateError } from '@tidegate/formats';
import { type Engine, type EngineOptions, openEngine, quoteName } from '@tidegate/runtime';
import { errorOf } from '../../config/index.ts';
import { inputOf, type StepContext, type StepKind, type StepResult, textOfInput } from '../../pipeline/index.ts';
import { rm } from '../../platform/index.ts';
import { keyColumns } from '../checks/compile-checks.ts';
import { checkEvidence } from '../checks/check-evidence.ts';
import type { Finding } from '../checks/finding.ts';
import { ofConsumer } from '../consumers/of-consumer.ts';
import type { DataContract } from '../contract/data-contract.ts';
import { parseContract } from '../contract/parse-contract.ts';
import { verdictOver } from '../check-table.ts';
import { putRecord } from '../put-record.ts';
import { datasetSql } from '../read/dataset-sql.ts';
import { readVersion } from '../read-version.ts';
import { scratchFolder } from '../scratch-folder.ts';
import { type ChecksSettings, checksSettings } from './checks-nodes.ts';
import type { FurtherPlace, Relation } from './further-place.ts';
import type { FurtherRule } from './further-rule.ts';
import { furtherRules, readsOf } from './further-rules.ts';
import { judgeFurther } from './judge-further.ts';
import type { PythonCheck } from './python-check.ts';

/** What further checks need of the project. */
export interface ChecksDeps {
  /** Versions that a dataset had before this one, the newest first; at most so many. */
  readonly formerVersions: (dataset: string, present: Digest, most: number) => Promise<readonly Digest[]>;
  /** The version that a word names; null when none is known by it. */
  readonly versionNamed: (dataset: string, word: string) => Promise<Digest | null>;
  readonly python: {
    /** What of the machine decides what a Python function answers. */
    readonly facts: (context: Pick<StepContext, 'node'>) => Promise<JsonObject>;
    /** Starts functions in the place of the step; `engine` gives them their rows. */
    readonly open: (context: StepContext, engine: Engine) => PythonCheck;
  };
  readonly openEngine?: (options: EngineOptions) => Promise<Engine>;
}

/**
 * Steps `checks.NAME`: what a data contract promises of a version beyond its own rows. They come after every dataset that they name, so that a new version
 * of either is judged anew, and two datasets may refer to one another. Which versions they look back at is in the key; how old the newest event is is
 * judged at the moment of the reading, and is no part of it.
 */
export function datasetChecksKind(deps: ChecksDeps): StepKind {
  return {
    kind: 'dataset-checks',
    version: 1,
    measures: true,
    facts: async (context) => {
      const settings = checksSettings(context.node);
      const back = await lookBack(context, settings, deps);
      return {
        ...(settings.former > 0 && { former: back.former }),
        ...(settings.versions.length > 0 && { versions: back.versions }),
        ...(context.node.settings['run'] === undefined ? {} : await deps.python.facts(context)),
      };
    },
    run: (context) => judge(context, deps),
  };
}

interface LookBack {
  readonly former: readonly Digest[];
  readonly versions: { readonly [word: string]: Digest | null };
}

async function lookBack(
  context: Pick<StepContext, 'inputs'>,
  { dataset, former, versions }: ChecksSettings,
  deps: ChecksDeps,
): Promise<LookBack> {
  const present = inputOf(context, `data.${dataset}/version`).artifact.digest;
  const named: { [word: string]: Digest | null } = {};
  for (const word of versions) named[word] = await deps.versionNamed(dataset, word);
  return { former: former === 0 ? [] : await deps.formerVersions(dataset, present, former), versions: named };
}

async function judge(context: StepContext, deps: ChecksDeps): Promise<StepResult> {
  const { store, signal, platform, node } = context;
  const settings = checksSettings(node);
  const { dataset } = settings;
  const artifact = inputOf(context, `data.${dataset}/version`).artifact;
  const version = await readVersion(store, artifact);
  const documents = await documentsOf(context, settings);
  const [contract = null] = documents.flatMap((one) => (one.isConsumer ? [] : [one.contract]));
  const rules = documents.flatMap((one) => one.rules);
  const back = await lookBack(context, settings, deps);
  const folder = await scratchFolder();
  try {
    // one thread: with more, sums of fractions depend on which was first
    using engine = await (deps.openEngine ?? openEngine)({ threads: 1, spill: join(folder, 'spill'), signal });
    const contracts = documents.map((one) => one.contract);
    const own = await relation(context, { engine, version, contracts, sql: 'own_rows' });
    const others = new Map<string, Relation>();
    const read: { [name: string]: Digest } = {};
    for (const [index, name] of readsOf(rules).datasets.entries()) {
      const other = inputOf(context, `data.${name}/version`).artifact;
      read[name] = other.digest;
      const file = settings.others[name] ?? null;
      others.set(
        name,
        await relation(context, {
          engine,
          version: await readVersion(store, other),
          contracts: file === null ? [] : [await contractOf(context, { file, dataset: name })],
          sql: `other_rows_${index}`,
        }),
      );
    }
    context.progress('Check', null);
    const now = platform.clock.now();
    const python = measured(deps.python.open(context, engine));
    const place: FurtherPlace = {
      engine,
      version,
      own,
      keys: contract === null ? [] : keyColumns(contract),
      others,
      former: await readVersions(context, back.former),
      versions: new Map(
        await Promise.all(Object.entries(back.versions).map(async ([word, one]) => [word, one && (await orNull(context, one))] as const)),
      ),
      now,
      askPython: python.ask,
    };
    const findings: Finding[] = [];
    for (const document of documents) {
      const found = await judgeFurther(document.rules, place);
      findings.push(...found.map((finding) => (document.isConsumer ? ofConsumer(finding, document.contract) : finding)));
    }
    const record: DatasetChecks = {
      format: 'tidegate.dataset-checks/1',
      dataset,
      version: artifact.digest,
      others: read,
      former: back.former,
      versions: back.versions,
      asOf: new Date(now).toISOString(),
      checks: findings.map(({ result }) => result),
      verdict: verdictOver(findings),
    };
    const failed = findings.filter(({ result }) => result.verdict !== 'pass').length;
    return {
      outputs: { report: await putRecord(store, record) },
      evidence: findings.map((finding): Evidence => checkEvidence(node.name, finding)),
      facts: {
        checks: findings.length,
        failed,
        asOf: record.asOf,
        ...(Object.keys(python.peaks).length > 0 && { peakBytes: python.peaks }),
      },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same, and by the name of the check how much memory each function took at most. */
function measured(ask: PythonCheck): { readonly ask: PythonCheck; readonly peaks: { readonly [check: string]: number } } {
  const peaks: { [check: string]: number } = {};
  return {
    peaks,
    ask: async (request) => {
      const answer = await ask(request);
      if (answer.peakBytes !== null) peaks[request.check] = answer.peakBytes;
      return answer;
    },
  };
}

interface Document {
  readonly contract: DataContract;
  readonly isConsumer: boolean;
  readonly rules: readonly FurtherRule[];
}

/** The data contract of the dataset, and those of its consumers. */
async function documentsOf(context: StepContext, settings: ChecksSettings): Promise<readonly Document[]> {
  const { dataset, contract: file, relationships, consumers = [] } = settings;
  const documents: Document[] = [];
  if (file !== null) {
    const contract = await contractOf(context, { file, dataset });
    documents.push({ contract, isConsumer: false, rules: furtherRules(contract, relationships) });
  }
  for (const consumer of consumers) {
    const contract = await contractOf(context, { file: consumer.contract, dataset });
    documents.push({ contract, isConsumer: true, rules: furtherRules(contract, consumer.relationships) });
  }
  return documents;
}

async function contractOf(
  context: StepContext,
  { file, dataset }: { readonly file: string; readonly dataset: string },
): Promise<DataContract> {
  const parsed = parseContract({ file, text: await textOfInput(context, inputOf(context, file)), dataset });
  if (!parsed.ok) throw errorOf(parsed.failure);
  return parsed.value;
}

/** A dataset as SQL reads it: a table of the engine where reading it again would cost, else its Parquet files. */
async function relation(
  { store }: StepContext,
  {
    engine,
    version,
    contracts,
    sql,
  }: { readonly engine: Engine; readonly version: DatasetVersion; readonly contracts: readonly DataContract[]; readonly sql: string },
): Promise<Relation> {
  const kind = version.fileFormat === 'parquet' ? 'VIEW' : 'TABLE';
  await engine.run(`CREATE ${kind} ${quoteName(sql)} AS ${await datasetSql(store, version, version.tree)}`);
  const personal = new Set(contracts.flatMap(({ columns }) => columns.filter((column) => column.personal)).map(({ name }) => name));
  return { dataset: version.dataset, sql, columns: version.columns, personal };
}

async function readVersions(context: StepContext, digests: readonly Digest[]): Promise<readonly DatasetVersion[]> {
  const found: DatasetVersion[] = [];
  for (const one of digests) {
    const version = await orNull(context, one);
    if (version !== null) found.push(version);
  }
  return found;
}

/** What is nowhere at hand cannot be compared with, which the check says. */
async function orNull({ store }: StepContext, one: Digest): Promise<DatasetVersion | null> {
  try {
    return await readVersion(store, { digest: one });
  } catch (error) {
    if (error instanceof TidegateError) return null;
    throw error;
  }
}
