import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProjectRoot, type OpenOptions, openProject, type Project, type ServingProgram, systemPlatform } from '@tidegate/core';
import { type Diagnostic, failure } from '@tidegate/formats';
import type { Invocation, OptionSpec } from './command.ts';
import { diagnosticLines } from './render/diagnostics.ts';
import { version } from './version.ts';

/** The command line that starts the model server, beside the installed package of that name. */
export function servingProgram(): ServingProgram {
  const main = fileURLToPath(import.meta.resolve('@tidegate/serving')).replace(/index\.(ts|js)$/, 'main.$1');
  return { argv: [process.execPath, main], version };
}

/** `--remote`, for the commands that take it. */
export const remoteOption: OptionSpec = {
  type: 'string',
  value: 'PLACE',
  help: 'Share results, data and histories through this folder, s3://BUCKET/PREFIX or address of a server (default: TIDEGATE_REMOTE, then "remote" in tidegate.yaml)',
};

/** `--zone`, for the commands that run or share. */
export const zoneOption: OptionSpec = {
  type: 'string',
  value: 'ZONE',
  help: 'Run as a less trusted zone than that of the branch: untrusted, branch, main, release (default: TIDEGATE_ZONE)',
};

/** Of a bucket or a server; anything else is a folder. */
function isAddress(remote: string): boolean {
  return /^(?:s3|https?):\/\//.test(remote);
}

/** Opens the project that the command was called in, with the remote and the zone that its options name; `runsSteps` as {@link openProject} has it. @throws TG-CLI-NO-PROJECT, TG-CLI-ZONE, and every mistake in its configuration */
export async function openHere(
  { cwd, variables, text, terminal }: Pick<Invocation, 'cwd' | 'variables' | 'text' | 'terminal'>,
  { runsSteps = false, contractToCome }: Pick<OpenOptions, 'runsSteps' | 'contractToCome'> = {},
): Promise<Project> {
  const root = await findProjectRoot(cwd);
  if (root === null)
    throw failure(
      'TG-CLI-NO-PROJECT',
      `Cannot find a project: neither "${cwd}" nor a folder above it holds a tidegate.yaml`,
      'Run "tidegate init" to make one here',
    );
  const remote = text('remote');
  const zone = text('zone');
  const chosen = {
    ...(remote !== undefined && { remote: isAddress(remote) ? remote : resolve(cwd, remote) }),
    ...(zone !== undefined && { zone }),
  };
  const onSetAside = (path: string): void =>
    terminal.error(`The database of small objects was damaged, and is now "${path}": what was in it is made again.`);
  const onHealed = ({ aside, kept }: { readonly aside: string | null; readonly kept: number }): void => {
    const what = aside === null ? 'The state was empty' : `The state was damaged, and is now "${aside}"`;
    terminal.error(`${what}: ${kept} lines of its histories are kept, and what steps had made is made again.`);
  };
  const onRemoteGone = (why: Diagnostic): void => {
    terminal.error(terminal.style('yellow', 'Going on without the remote:'));
    for (const line of diagnosticLines(why, terminal)) terminal.error(line);
  };
  const told = { onSetAside, onHealed, onRemoteGone, runsSteps, ...(contractToCome !== undefined && { contractToCome }) };
  return openProject({ root, platform: { ...systemPlatform, variables }, serving: servingProgram(), ...told, ...chosen });
}
