import { delimiter } from 'node:path';
import type { RunId } from '@tidegate/formats';
import { type Platform, type Sandbox, sandboxFault } from '../platform/index.ts';
import type { StepContext } from '../pipeline/index.ts';
import { findProgram } from './find-program.ts';
import { shownPaths } from './shown-paths.ts';

export interface Sandboxed {
  /** The command as it will be started. */
  readonly argv: readonly string[];
  readonly python: string | null;
  /** Folder with the locked packages of R, and that of its interpreter. */
  readonly r: { readonly library: string | null; readonly programs: string } | null;
  readonly folder: string;
  readonly scratch: string;
}

/** The sandbox of a step's command; null when it has none: it wants none, or none works here, which a run is told once. */
export async function stepSandbox(context: StepContext, { argv, python, r, folder, scratch }: Sandboxed): Promise<Sandbox | null> {
  const { node, platform } = context;
  if (node.isolation?.sandbox === false) return null;
  const support = await sandboxSupport(platform);
  if (support.kind === 'broken') tellOnce(context, support.why);
  if (support.kind !== 'works') return null;
  const shown = shownPaths({
    programs: [...(python === null ? [] : [python]), argv[0] ?? ''],
    folders: [r?.library ?? '', r?.programs ?? '', ...(node.variables['PATH'] ?? '').split(delimiter)],
  });
  return {
    program: support.program,
    workspace: folder,
    scratch,
    shown,
    sealed: sealedInputs(context),
    network: node.isolation?.network ?? false,
  };
}

export type SandboxSupport =
  | { readonly kind: 'works'; readonly program: string }
  /** Switched off by `TIDEGATE_SANDBOX=off`. */
  | { readonly kind: 'off' }
  | { readonly kind: 'broken'; readonly why: string };

/** Whether commands can have a sandbox on this machine: tried once in the life of this process, when the first one is to run. */
export async function sandboxSupport(platform: Platform): Promise<SandboxSupport> {
  if (platform.variables['TIDEGATE_SANDBOX'] === 'off') return { kind: 'off' };
  const program = await findProgram('bwrap', { ...platform, variables: { PATH: platform.variables['PATH'] ?? usualPath } });
  if (program === null) return { kind: 'broken', why: 'bubblewrap is not installed; on Debian: apt-get install bubblewrap' };
  const tried = attempts.get(program) ?? sandboxFault(program);
  attempts.set(program, tried);
  const fault = await tried;
  return fault === null ? { kind: 'works', program } : { kind: 'broken', why: `bubblewrap cannot make one here: ${fault}` };
}

const usualPath = '/usr/local/bin:/usr/bin:/bin';
const attempts = new Map<string, Promise<string | null>>();

let told: RunId | null = null;

function tellOnce({ run, emit }: StepContext, why: string): void {
  if (told === run) return;
  told = run;
  emit({ kind: 'not-isolated', why });
}

/** Each mount costs 0.2 ms; beyond so many, files are copies of the step's own, and it harms nobody but itself. */
const mostSealed = 24;

/** Inputs that the step may not write: each by itself, for it may write beside them. */
function sealedInputs({ inputs, node }: StepContext): readonly string[] {
  const outputs = node.outputs.flatMap(({ path }) => (path === null ? [] : [path]));
  const holdsOutput = (place: string): boolean => outputs.some((path) => path === place || path.startsWith(`${place}/`));
  const places = inputs.flatMap(({ place }) => (place === null || place === '.' || holdsOutput(place) ? [] : [place]));
  return [...new Set(places)].slice(0, mostSealed);
}
