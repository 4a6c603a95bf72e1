import { fileURLToPath } from 'node:url';
import { findProjectRoot, openProject, type Project, type ServingProgram, systemPlatform } from '@tidegate/core';
import { failure } from '@tidegate/formats';
import type { Invocation } from './command.ts';
import { version } from './version.ts';

/** The command line that starts the model server, beside the installed package of that name. */
export function servingProgram(): ServingProgram {
  const main = fileURLToPath(import.meta.resolve('@tidegate/serving')).replace(/index\.(ts|js)$/, 'main.$1');
  return { argv: [process.execPath, main], version };
}

/** Opens the project that the command was called in. @throws TG-CLI-NO-PROJECT, and every mistake in its configuration */
export async function openHere({ cwd, variables }: Pick<Invocation, 'cwd' | 'variables'>): Promise<Project> {
  const root = await findProjectRoot(cwd);
  if (root === null)
    throw failure(
      'TG-CLI-NO-PROJECT',
      `Cannot find a project: neither "${cwd}" nor a folder above it holds a tidegate.yaml`,
      'Run "tidegate init" to make one here',
    );
  return openProject({ root, platform: { ...systemPlatform, variables }, serving: servingProgram() });
}
