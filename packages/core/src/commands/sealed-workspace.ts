import type { ResolvedInput, StepContext } from '../pipeline/index.ts';
import { shortestShared } from '../store/index.ts';
import { isSandboxed } from './step-sandbox.ts';

/** The folder that a command works in. */
export interface Workspace {
  readonly folder: string;
  /** Paths in it that the sandbox must keep from being written, for objects of the store may lie there. */
  readonly sealed: readonly string[];
}

/** The workspace of a step's command; what a sandbox will keep from being written may be shared with the store, and costs nothing then. */
export async function sealedWorkspace(context: StepContext, how: 'kept' | 'renewed' = 'kept'): Promise<Workspace> {
  const isInContainer = typeof context.node.settings['image'] === 'string';
  if (isInContainer || !(await isSandboxed(context))) return { folder: await context.workspace(new Set(), how), sealed: [] };
  const { paths, inputs } = await sealedInputs(context);
  return { folder: await context.workspace(inputs, how), sealed: paths };
}

/** What a command finds in its workspace and may not write, whatever the modes of the files say. */
interface Sealed {
  /** Relative to the workspace; each is sealed by itself, for the command may write beside it. */
  readonly paths: readonly string[];
  /** Inputs of which no large file is left out. */
  readonly inputs: ReadonlySet<ResolvedInput>;
}

/** Each mount costs 0.2 ms. Beyond so many, a small file is a copy of the step's own, and it harms nobody but itself. */
const mostSmall = 24;
/** A large file costs more to copy; but bubblewrap looks through all mounts at each of them. */
const mostLarge = 240;

/** What a sandbox can seal of the inputs of a step: the largest first, and of a dataset, which lies at its files' own paths, the large files. */
async function sealedInputs({ inputs, node, store }: Pick<StepContext, 'inputs' | 'node' | 'store'>): Promise<Sealed> {
  const outputs = node.outputs.flatMap(({ path }) => (path === null ? [] : [path]));
  const holdsOutput = (place: string): boolean => outputs.some((path) => path === place || path.startsWith(`${place}/`));
  const large: string[] = [];
  const small: string[] = [];
  const sealed = new Set<ResolvedInput>();
  for (const input of inputs) {
    const { place, artifact, source } = input;
    if (place === null) continue;
    const isLarge = source === null && artifact.bytes >= shortestShared;
    const places = place !== '.' ? [place] : isLarge ? await largeFiles(store, input) : [];
    if (places.some(holdsOutput)) continue;
    if (!isLarge || large.length + places.length > mostLarge) small.push(...places);
    else {
      large.push(...places);
      sealed.add(input);
    }
  }
  return { paths: [...new Set([...large, ...small.slice(0, mostSmall)])], inputs: sealed };
}

async function largeFiles(store: StepContext['store'], { artifact }: ResolvedInput): Promise<readonly string[]> {
  if (artifact.kind === 'file') return [];
  const { entries } = await store.readTree(artifact.digest);
  return entries.filter(({ bytes, link }) => link === undefined && bytes >= shortestShared).map(({ path }) => path);
}
