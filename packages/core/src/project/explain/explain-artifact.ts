import {
  type Artifact,
  type Deployment,
  type Digest,
  failure,
  isStepName,
  type KeyRecord,
  type ResultOrigin,
  type RunId,
  type StepName,
  TidegateError,
} from '@tidegate/formats';
import { deploymentHistory, liveAfter } from '../../deploy/index.ts';
import { findReleases, readRelease } from '../../packaging/index.ts';
import { digestAt, findKeyRecord, makingsOf, originOf, runsWith, type StepNode } from '../../pipeline/index.ts';
import { fileDigests } from '../../store/index.ts';
import { projectNodes } from '../nodes.ts';
import type { Project } from '../project.ts';
import { latestResult } from '../records.ts';

/** Where an output of a step comes from, and where it went. */
export interface ExplainedArtifact {
  readonly digest: Digest;
  readonly artifact: Artifact;
  /** Where the project has it; null for a record that lies in the store only. */
  readonly path: string | null;
  /** Whether the file in the tree is this one; null where it has no path, or is a folder. */
  readonly inTree: 'same' | 'other' | 'absent' | null;
  /** Every result that has it, oldest first: who made it, and who came to the same bytes. */
  readonly makings: readonly {
    readonly step: StepName;
    readonly output: string;
    readonly key: Digest;
    readonly run: RunId;
    readonly at: string;
    readonly durationMs: number;
    readonly from: ResultOrigin;
  }[];
  /** What the output that was asked for, else the first of them, was made from; null when the record is gone. */
  readonly madeFrom: KeyRecord | null;
  /** Steps that read it, as the project is now. */
  readonly readBy: readonly StepName[];
  /** Runs that made it or found it again, newest first. */
  readonly runs: readonly RunId[];
  readonly releases: readonly { readonly release: Digest; readonly service: string; readonly madeAt: string }[];
  /** Deployments of those releases, oldest first. */
  readonly deployments: readonly (Pick<Deployment, 'environment' | 'service' | 'release' | 'action' | 'at'> & {
    readonly isLive: boolean;
  })[];
}

/** An artifact by its digest or the first digits, by `STEP/OUTPUT`, or by its path, also that of a file in a folder that a step made. @returns null when it is none of them. @throws TG-CLI-NOT-FOUND */
export async function findArtifact(project: Project, name: string): Promise<ExplainedArtifact | null> {
  const nodes = await projectNodes(project);
  const wanted = byDigits(project, name) ?? byOutput(project, name) ?? byPath(project, nodes, name);
  return wanted === null ? null : explainDigest(project, nodes, wanted);
}

interface Wanted {
  readonly digest: Digest;
  /** The output that was asked for (`steps.train/model`); null when only its bytes were. */
  readonly output: string | null;
}

function byDigits({ state, name: project }: Project, name: string): Wanted | null {
  const [, digits] = /^(?:sha256:)?([0-9a-f]{8,64})$/.exec(name) ?? [];
  if (digits === undefined) return null;
  const start = `sha256:${digits}` as const;
  const makings = makingsOf(state, project, start);
  const found = new Set(
    makings.flatMap(({ result }) => Object.values(result.outputs).map((one) => one.digest)).filter((one) => one.startsWith(start)),
  );
  if (found.size > 1)
    throw failure('TG-CLI-NOT-FOUND', `Cannot tell which artifact "${name}" is: ${found.size} digests start so`, 'Give more digits');
  const [one] = found;
  return one === undefined ? null : { digest: one, output: null };
}

/** The newest artifact of an output: `steps.train/model`. */
function byOutput(project: Project, name: string): Wanted | null {
  const [step, output] = [name.slice(0, name.lastIndexOf('/')), name.slice(name.lastIndexOf('/') + 1)];
  const digest = isStepName(step) ? latestResult(project, step)?.record.outputs[output]?.digest : undefined;
  return digest === undefined ? null : { digest, output: name };
}

function byPath(project: Project, nodes: readonly StepNode[], name: string): Wanted | null {
  const path = name.replace(/^\.\//, '').replace(/\/+$/, '');
  for (const node of nodes)
    for (const output of node.outputs)
      if (output.path !== null && (output.path === path || path.startsWith(`${output.path}/`)))
        return { digest: newestAt(project, node, { path, output: output.name }), output: `${node.name}/${output.name}` };
  const readers = nodes
    .filter(({ inputs }) => inputs.some((input) => input.from === 'project' && input.pattern === path))
    .map((node) => node.name);
  const [first] = readers;
  if (first === undefined) return null;
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot explain "${name}": no step makes it, it is a file that ${readers.slice(0, 5).join(', ')} reads`,
    `Explain who reads it: tidegate explain ${first}`,
  );
}

function newestAt(project: Project, { name }: StepNode, { path, output }: { readonly path: string; readonly output: string }): Digest {
  const found = latestResult(project, name)?.record.outputs[output]?.digest;
  if (found !== undefined) return found;
  throw failure('TG-CLI-NOT-FOUND', `Cannot explain "${path}": "${name}" has not made it yet`, `Make it: tidegate run ${name}`);
}

async function explainDigest(
  project: Project,
  nodes: readonly StepNode[],
  { digest: wanted, output: asked }: Wanted,
): Promise<ExplainedArtifact | null> {
  const { state, name, store } = project;
  const makings = makingsOf(state, name, wanted);
  const first = makings.find(({ step, output }) => `${step}/${output}` === asked) ?? makings[0];
  const artifact = first?.result.outputs[first.output];
  if (first === undefined || artifact === undefined) return null;
  const madeFrom = await findKeyRecord({ store }, first.result.key);
  const path = madeFrom?.outputs[first.output] ?? null;
  const releases = await releasesWith(project, wanted);
  const outputs = new Set(makings.map(({ step, output }) => `${step}/${output}`));
  const reads = ({ inputs }: StepNode): boolean =>
    inputs.some((input) => input.from === 'step' && outputs.has(`${input.step}/${input.output}`));
  return {
    digest: wanted,
    artifact,
    path,
    inTree: path === null || artifact.kind === 'tree' ? null : await inTree(project, path, wanted),
    makings: makings.map(({ step, output, result }) => ({
      step,
      output,
      key: result.key,
      run: result.run,
      at: result.recordedAt,
      durationMs: result.durationMs,
      from: originOf(result),
    })),
    madeFrom,
    readBy: nodes.filter(reads).map((node) => node.name),
    runs: runsWith(state, name, wanted),
    releases,
    deployments: deploymentsWith(project, new Set(releases.map(({ release }) => release))),
  };
}

async function inTree({ state, platform, root }: Project, path: string, wanted: Digest): Promise<'same' | 'other' | 'absent'> {
  const found = await digestAt({ digests: fileDigests(state, platform.clock), root }, path);
  return found === null ? 'absent' : found === wanted ? 'same' : 'other';
}

/** The newest releases are looked through. */
const searchedReleases = 100;

async function releasesWith({ state, store, name }: Project, wanted: Digest): Promise<ExplainedArtifact['releases']> {
  const found: ExplainedArtifact['releases'][number][] = [];
  for (const { release, service, madeAt } of findReleases(state, name).slice(0, searchedReleases)) {
    const manifest = release === wanted ? null : await readRelease(store, release).catch(gone);
    if (release === wanted || JSON.stringify(manifest).includes(wanted)) found.push({ release, service, madeAt });
  }
  return found;
}

function gone(error: unknown): null {
  if (error instanceof TidegateError) return null;
  throw error;
}

function deploymentsWith({ state, name }: Project, releases: ReadonlySet<Digest>): ExplainedArtifact['deployments'] {
  const history = deploymentHistory(state, name);
  const places = Map.groupBy(history, ({ environment, service }) => `${environment}/${service}`);
  const live = new Set([...places.values()].map(liveAfter));
  return history
    .filter((line) => line.release !== null && releases.has(line.release))
    .map((line) => ({
      environment: line.environment,
      service: line.service,
      release: line.release,
      action: line.action,
      at: line.at,
      isLive: live.has(line),
    }));
}
