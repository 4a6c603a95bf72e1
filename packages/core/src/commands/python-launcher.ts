import { mkdir, type Platform, sandboxed, sandboxScratch } from '../platform/index.ts';
import { shownPaths } from './shown-paths.ts';
import { sandboxSupport } from './step-sandbox.ts';

export interface PythonToLaunch {
  /** The Python that is started, with the virtual environment around it. */
  readonly python: string;
  /** Absolute paths that it sees besides that Python and the system's programs, and may not write. */
  readonly shown: readonly string[];
  /** Made when it is not there: a folder of its own, the only one that it may write. */
  readonly folder: string;
  readonly platform: Platform;
}

/** What stands before the command line of a Python: a sandbox without network, or nothing where none works. */
export type PythonLauncher =
  { readonly kind: 'sandbox'; readonly argv: readonly string[] } | { readonly kind: 'none'; readonly why: string };

/** How a Python that runs code nobody has looked at is started: with no network, and nothing of the machine but what it is shown. */
export async function pythonLauncher({ python, shown, folder, platform }: PythonToLaunch): Promise<PythonLauncher> {
  const support = await sandboxSupport(platform);
  if (support.kind !== 'works') return { kind: 'none', why: support.kind === 'off' ? 'TIDEGATE_SANDBOX=off' : support.why };
  const [workspace, scratch] = [`${folder}/work`, `${folder}/scratch`];
  await mkdir(workspace, { recursive: true });
  await mkdir(scratch, { recursive: true });
  const paths = shown.map((path) => ({ kind: 'path', path }) as const);
  const places = { HOME: sandboxScratch, TMPDIR: sandboxScratch, XDG_CACHE_HOME: `${sandboxScratch}/cache` };
  const argv = sandboxed(['env', ...Object.entries(places).map(([name, value]) => `${name}=${value}`)], {
    program: support.program,
    workspace,
    scratch,
    shown: [...shownPaths({ programs: [python], folders: [] }), ...paths],
    sealed: [],
    network: false,
  });
  return { kind: 'sandbox', argv };
}
