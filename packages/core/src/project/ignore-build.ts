import { join } from 'node:path';
import { capture, exists, writeFileAtomically } from '../platform/index.ts';
import type { Project } from './project.ts';

/** Keeps `build/`, where it is there, out of Git by a `.gitignore` of its own; one with tracked files is the user's matter. */
export async function ignoreBuild({ root }: Pick<Project, 'root'>): Promise<void> {
  const folder = join(root, 'build');
  const file = join(folder, '.gitignore');
  if (!(await exists(folder)) || (await exists(file))) return;
  const { stdout } = await capture(['git', 'ls-files', '--', 'build'], { cwd: root });
  if (stdout === '') await writeFileAtomically(file, '*\n');
}
