import { join } from 'node:path';
import type { DatasetChecks } from '@tidegate/formats';
import { type EngineOptions, type Engine, openEngine } from '@tidegate/runtime';
import { errorOf } from '../../config/index.ts';
import { inputOf, type ResolvedInput, type StepContext, type StepKind, type StepResult, textOfInput } from '../../pipeline/index.ts';
import { rm } from '../../platform/index.ts';
import { checkEvidence } from '../checks/check-evidence.ts';
import type { Finding } from '../checks/finding.ts';
import { findingsOfFiles } from '../contract/judge/findings-of-files.ts';
import type { DataContract } from '../contract/data-contract.ts';
import { parseContract } from '../contract/parse-contract.ts';
import { verdictOver } from '../check-table.ts';
import { putRecord } from '../put-record.ts';
import { readVersion } from '../read-version.ts';
import { ofConsumer } from './of-consumer.ts';
import { scratchFolder } from '../scratch-folder.ts';
import { versionFiles } from '../version-files.ts';

/** Steps `consumers.NAME`: whether the rows of a version keep the data contracts of those who consume the dataset. Checks are named `CONTRACT_ID.CHECK`. */
export function consumersKind(deps: { readonly openEngine: (options: EngineOptions) => Promise<Engine> } = { openEngine }): StepKind {
  return { kind: 'dataset-consumers', version: 2, measures: true, run: (context) => judge(context, deps.openEngine) };
}

async function judge(context: StepContext, open: (options: EngineOptions) => Promise<Engine>): Promise<StepResult> {
  const { node, store, inputs, signal, platform } = context;
  const dataset = String(node.settings['dataset']);
  const artifact = inputOf(context, `data.${dataset}/version`).artifact;
  const version = await readVersion(store, artifact);
  const files = await versionFiles(store, version);
  const folder = await scratchFolder();
  try {
    // one thread: with more, sums of fractions depend on which was first
    using engine = await open({ threads: 1, spill: join(folder, 'spill'), signal });
    const findings: Finding[] = [];
    for (const input of inputs.filter(({ name }) => name !== `data.${dataset}/version`)) {
      context.progress(`Check ${input.name}`, null);
      const contract = await contractIn(context, input, dataset);
      const hasFolders = version.columns.some(({ folder: isFolder }) => isFolder === true);
      const judged = await findingsOfFiles(engine, contract, files, {
        time: null,
        hasFolders,
        signal,
        now: null,
        beyondRows: 'left-out',
        server: null,
      });
      // a consumer need not describe every column
      findings.push(
        ...judged.findings.filter(({ result }) => !result.name.endsWith('.declared')).map((finding) => ofConsumer(finding, contract)),
      );
    }
    const record: DatasetChecks = {
      format: 'tidegate.dataset-checks/1',
      dataset,
      version: artifact.digest,
      others: {},
      former: [],
      versions: {},
      asOf: new Date(platform.clock.now()).toISOString(),
      checks: findings.map(({ result }) => result),
      verdict: verdictOver(findings),
    };
    const failed = findings.filter(({ result }) => result.verdict !== 'pass').length;
    return {
      outputs: { report: await putRecord(store, record) },
      evidence: findings.map((finding) => checkEvidence(node.name, finding)),
      facts: { checks: findings.length, failed },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function contractIn(context: StepContext, input: ResolvedInput, dataset: string): Promise<DataContract> {
  const parsed = parseContract({ file: input.name, text: await textOfInput(context, input), dataset });
  if (!parsed.ok) throw errorOf(parsed.failure);
  return parsed.value;
}
