import { failure } from '@tidegate/formats';
import { eachLine, type Platform, runCommand } from '../platform/index.ts';
import type { Building } from './build-once.ts';

export interface InstallOptions extends Building {
  readonly cwd: string;
  readonly platform: Platform;
  /** What is made, for the message: `virtual environment`. */
  readonly what: string;
  /** Lines of the output that say how far it is. */
  readonly stages: RegExp;
  /** What to do after a failure, by the lines that were printed. */
  readonly hint: (lines: readonly string[]) => string;
}

/** Runs one command of an installation. @returns its output @throws TG-COMMANDS-VIRTUAL-ENVIRONMENT-FAILED with its last lines */
export async function runInstallation(argv: readonly string[], options: InstallOptions): Promise<readonly string[]> {
  const { cwd, signal, progress, platform, ownProcess, stages, what, hint } = options;
  const lines: string[] = [];
  const result = await runCommand(argv, {
    cwd,
    variables: installVariables(platform),
    signal,
    timeoutMs: null,
    ...(ownProcess && { onStart: ownProcess }),
    onText: (_, text) =>
      eachLine(text, (line) => {
        lines.push(line);
        if (lines.length > 2_000) lines.shift();
        if (stages.test(line.trim())) progress(line.trim().slice(0, 70));
      }),
  });
  signal.throwIfAborted();
  if (result.code === 0) return lines;
  throw failure(
    'TG-COMMANDS-VIRTUAL-ENVIRONMENT-FAILED',
    `Cannot build the ${what}: "${argv.slice(0, 4).join(' ')} …" ended with ${result.signal ?? result.code}\n${lines.slice(-12).join('\n')}`,
    hint(lines),
  );
}

/** The installer needs the user's own settings (registry, certificates, proxy); only it sees them, never a step. */
function installVariables(platform: Platform): { readonly [name: string]: string } {
  const misleading =
    /^(PYTHON|VIRTUAL_ENV|CONDA_|TIDEGATE_|PIP_(USER|TARGET|PREFIX|ROOT|REQUIRE_VIRTUALENV)$|UV_(TARGET|PREFIX|PROJECT|SYSTEM_PYTHON|BREAK_SYSTEM)$|R_(LIBS|LIBS_USER|LIBS_SITE)$)/;
  const kept = Object.entries(platform.variables).filter(([name]) => !misleading.test(name));
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
