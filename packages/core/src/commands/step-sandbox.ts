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
  /** Paths in the folder that it may not write. */
  readonly sealed: readonly string[];
  readonly scratch: string;
}

/** The sandbox of a step's command; null when it has none: it wants none, or none works here, which a run is told once. */
export async function stepSandbox(context: StepContext, sandboxed: Sandboxed): Promise<Sandbox | null> {
  const { argv, python, r, folder, scratch, sealed } = sandboxed;
  const { node } = context;
  const support = await sandboxFor(context);
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
    sealed,
    network: node.isolation?.network ?? false,
  };
}

/** Whether the command of a step has a sandbox. */
export async function isSandboxed(context: StepContext): Promise<boolean> {
  return (await sandboxFor(context)).kind === 'works';
}

async function sandboxFor({ node, platform }: StepContext): Promise<SandboxSupport> {
  return node.isolation?.sandbox === false ? { kind: 'off' } : sandboxSupport(platform);
}

export type SandboxSupport =
  | { readonly kind: 'works'; readonly program: string }
  /** Switched off, by `TIDEGATE_SANDBOX=off` for all of them. */
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
