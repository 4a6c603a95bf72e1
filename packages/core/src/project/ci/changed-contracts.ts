import { posix } from 'node:path';
import { type Evidence, type RunRecord, shape, TidegateError } from '@tidegate/formats';
import { parseYamlDocument } from '../../config/index.ts';
import { type ContractDiff, type DataToWeigh, diffContractFiles, versionFiles } from '../../data/index.ts';
import type { FeatureDefinitions } from '../../features/index.ts';
import { capture } from '../../platform/index.ts';
import { changedColumns } from '../contracts/changed-columns.ts';
import { type HitByChange, whoIsHit } from '../contracts/who-is-hit.ts';
import type { Project } from '../project.ts';
import { readDatasetVersion } from '../records.ts';

/** A data contract that differs from the base, or is gone. */
export interface ChangedContract {
  /** Path of the document at the head; of one that is gone at the base. */
  readonly file: string;
  /** Datasets that have it, at the head or else at the base. */
  readonly datasets: readonly string[];
  /** What changed; null when the document is gone, or one of the two cannot be read. */
  readonly diff: ContractDiff | null;
  /** Who is hit by what is breaking; null when nothing is. */
  readonly hit: HitByChange | null;
  /** Whether the change may go on. */
  readonly evidence: Evidence;
}

interface ContractsRequest {
  /** The commit that is compared with. */
  readonly base: string;
  /** Feature definitions as they were there. */
  readonly definitions: FeatureDefinitions | null;
  /** The run at the head, whose dataset versions have a say. */
  readonly run: RunRecord;
  readonly signal: AbortSignal;
}

/**
 * The data contracts that differ from the base by more than their layout, each weighed with the versions that the run has made. A breaking change stops unless `version` of the document says it, and a data
 * contract goes only after its `status` said so.
 */
export async function changedContracts(project: Project, request: ContractsRequest): Promise<readonly ChangedContract[]> {
  const before = await contractsAt(project.root, request.base);
  const after = new Map(
    Object.entries(project.config.data).flatMap(([name, { contract }]) =>
      contract === null ? [] : [[name, posix.normalize(contract)] as const],
    ),
  );
  const found: ChangedContract[] = [];
  for (const { old, young, datasets } of pairs(before, after)) {
    const one =
      young === null
        ? await goneContract(project, { ...request, file: old, datasets })
        : await changedContract(project, { ...request, old, young, datasets });
    if (one !== null) found.push(one);
  }
  return found;
}

interface Pair {
  readonly old: string;
  /** Null: no dataset has it any more. */
  readonly young: string | null;
  readonly datasets: readonly string[];
}

/** Which document at the head is which of the base: of the same path where one still has it, else that of the same dataset. */
function pairs(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly Pair[] {
  const having = (all: ReadonlyMap<string, string>, file: string): readonly string[] =>
    [...all].flatMap(([name, one]) => (one === file ? [name] : []));
  return [...new Set(before.values())].map((old) => {
    const owners = having(before, old);
    const moved = owners.map((name) => after.get(name)).find((file) => file !== undefined);
    const young = having(after, old).length > 0 ? old : (moved ?? null);
    return { old, young, datasets: young === null ? owners : having(after, young) };
  });
}

const declared = shape.object({ data: shape.optional(shape.record(shape.anything())) }, { open: true });

/** Dataset → path of its data contract, as `tidegate.yaml` of a commit says; none when it cannot be read. */
async function contractsAt(root: string, commit: string): Promise<ReadonlyMap<string, string>> {
  const text = await textAt(root, commit, 'tidegate.yaml');
  const read = text === null ? null : parseYamlDocument('tidegate.yaml', text, declared);
  if (read === null || !read.ok) return new Map();
  return new Map(
    Object.entries(read.value.value.data ?? {}).flatMap(([name, given]) => {
      const contract = typeof given === 'object' && given !== null && 'contract' in given ? given.contract : null;
      return typeof contract === 'string' ? [[name, posix.normalize(contract)] as const] : [];
    }),
  );
}

async function textAt(root: string, commit: string, path: string): Promise<string | null> {
  const { code, stdout } = await capture(['git', 'show', `${commit}:./${path}`], { cwd: root });
  return code === 0 ? stdout : null;
}

interface DocumentPair extends ContractsRequest {
  readonly old: string;
  readonly young: string;
  readonly datasets: readonly string[];
}

async function changedContract(project: Project, pair: DocumentPair): Promise<ChangedContract | null> {
  const { base, definitions, run, signal, old, young, datasets } = pair;
  const { root, platform } = project;
  if (old === young && (await isUnchanged(root, base, old))) return null;
  const words = { before: `${base}:${old}`, after: young, folder: root, now: platform.clock.now(), signal };
  try {
    const byDocuments = await diffContractFiles({ ...words, data: [] });
    if (byDocuments.level === null) return null;
    const data = byDocuments.level === 'patch' ? [] : await versionsOf(project, run, datasets);
    const weighed = data.length === 0 ? byDocuments : await diffContractFiles({ ...words, data });
    const diff = { ...weighed, before: { ...weighed.before, file: old } };
    const hit = diff.level === 'major' ? await whoIsHit(project, await changedColumns(project, datasets, diff), definitions) : null;
    return { file: young, datasets, diff, hit, evidence: evidenceOfDiff(young, diff, hit) };
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
    const reason = `What changed is not known: ${error.diagnostics[0].message}`;
    return {
      file: young,
      datasets,
      diff: null,
      hit: null,
      evidence: evidenceOf(young, { verdict: 'inconclusive', blocking: false, reason }),
    };
  }
}

async function isUnchanged(root: string, commit: string, path: string): Promise<boolean> {
  const { code } = await capture(['git', 'diff', '--quiet', '--no-ext-diff', commit, '--', path], { cwd: root });
  return code === 0;
}

/** The versions that the run has made of these datasets, each for the object that describes it. */
async function versionsOf(project: Project, run: RunRecord, datasets: readonly string[]): Promise<readonly DataToWeigh[]> {
  const found: DataToWeigh[] = [];
  for (const dataset of datasets) {
    const step = run.steps.find((one) => one.step === `data.${dataset}`);
    const version = step === undefined ? null : await readDatasetVersion(project, step);
    if (version === null) continue;
    const time = project.config.data[dataset]?.time ?? null;
    found.push({ object: dataset, title: `data.${dataset}`, files: await versionFiles(project.store, version), time });
  }
  return found;
}

function evidenceOfDiff(file: string, diff: ContractDiff, hit: HitByChange | null): Evidence {
  const { level, isDeclared, before, after } = diff;
  const change = `The data contract changes from ${before.version} to ${after.version} by a ${level} change`;
  if (level !== 'major') return evidenceOf(file, { verdict: 'pass', blocking: true, reason: change });
  const [first, ...more] = diff.changes.filter(({ weighed }) => weighed === 'major');
  const where = [first?.object, first?.property].filter((part) => part !== null && part !== undefined).join('.');
  const what = `${where === '' ? '' : `${where}: `}${first?.says ?? ''}${more.length === 0 ? '' : `, and ${more.length} more`}`;
  const reason = `${change}${isDeclared ? '' : ', which its version does not say'}: ${what}${hitInWords(hit)}`;
  return evidenceOf(file, { verdict: isDeclared ? 'pass' : 'fail', blocking: true, reason });
}

function hitInWords(hit: HitByChange | null): string {
  if (hit === null) return '';
  const named = [
    ...hit.features.map((name) => `features.${name}`),
    ...hit.steps.map((name) => `steps.${name}`),
    ...hit.models.map((name) => `models.${name}`),
    ...hit.live.map(({ service, environment }) => `${service}, which is live in ${environment}`),
  ];
  return named.length === 0 ? '; nothing of the project reads it' : `; it hits ${named.join(', ')}`;
}

/** A promise may be taken back once its `status` has said so, for whoever relies on it to see. */
async function goneContract(
  project: Project,
  { base, definitions, file, datasets }: ContractsRequest & { readonly file: string; readonly datasets: readonly string[] },
): Promise<ChangedContract> {
  const text = await textAt(project.root, base, file);
  const read = text === null ? null : parseYamlDocument(file, text, shape.object({ status: shape.optional(shape.text()) }, { open: true }));
  const status = read?.ok === true ? (read.value.value.status ?? null) : null;
  const isAnnounced = status === null || ['deprecated', 'retired'].includes(status);
  const there = datasets.filter((name) => Object.hasOwn(project.config.data, name));
  const hit = await whoIsHit(
    project,
    there.map((dataset) => ({ dataset, columns: null })),
    definitions,
  );
  const gone = `The data contract of ${datasets.map((name) => `data.${name}`).join(', ')} is gone`;
  const reason = isAnnounced ? gone : `${gone}, and its status was "${status}": it must be "deprecated" before${hitInWords(hit)}`;
  return {
    file,
    datasets,
    diff: null,
    hit,
    evidence: evidenceOf(file, { verdict: isAnnounced ? 'pass' : 'fail', blocking: true, reason }),
  };
}

function evidenceOf(file: string, judged: Pick<Evidence, 'verdict' | 'blocking' | 'reason'>): Evidence {
  return { format: 'tidegate.evidence/1', kind: 'check', name: 'contract_change', subject: file, details: null, ...judged };
}
