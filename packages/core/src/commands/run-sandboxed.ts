import { failure } from '@tidegate/formats';
import { mkdir, type Platform, rm, runCommand, sandboxed, sandboxScratch } from '../platform/index.ts';
import { shownPaths } from './shown-paths.ts';
import { sandboxSupport } from './step-sandbox.ts';
import { stepVariables } from './variables.ts';

export interface SandboxedCommand {
  readonly argv: readonly string[];
  /** The Python that it is, with the virtual environment around it. */
  readonly python: string;
  /** Absolute: the only folder that it sees of the user's, and may write. */
  readonly folder: string;
  readonly platform: Platform;
  readonly signal: AbortSignal;
  readonly onText: (text: string) => void;
}

/**
 * Runs a command that nobody trusts in a sandbox without a network; `TIDEGATE_SANDBOX=off` takes the sandbox away, as from every command.
 *
 * @returns its exit code, as a shell tells it
 * @throws TG-COMMANDS-SANDBOX when no sandbox can be made here
 */
export async function runSandboxed({ argv, python, folder, platform, signal, onText }: SandboxedCommand): Promise<number> {
  const support = await sandboxSupport(platform);
  if (support.kind === 'broken')
    throw failure(
      'TG-COMMANDS-SANDBOX',
      `Cannot start "${argv[0] ?? ''}" in a sandbox: ${support.why}`,
      'See what stands against it with "tidegate doctor", or go without: TIDEGATE_SANDBOX=off',
    );
  const scratch = `${folder}.scratch`;
  await mkdir(scratch, { recursive: true });
  try {
    const isSandboxed = support.kind === 'works';
    const shown = shownPaths({ programs: [python], folders: [] });
    const command = isSandboxed
      ? sandboxed(argv, { program: support.program, workspace: folder, scratch, shown, sealed: [], network: false })
      : argv;
    const { code } = await runCommand(command, {
      cwd: folder,
      variables: stepVariables({ declared: {}, python, cpus: 2, scratch: isSandboxed ? sandboxScratch : scratch }),
      signal,
      timeoutMs: null,
      onText: (_, text) => onText(text),
      ...(isSandboxed && { isSandbox: true }),
    });
    signal.throwIfAborted();
    return code;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
