import { join } from 'node:path';
import { failure, type Hindrance } from '@tidegate/formats';
import { capture, existsSync } from '../platform/index.ts';
import { type Project, type Revision, revisionOf } from '../project/index.ts';

/** What Git says about the project now. */
export interface Head {
  readonly revision: Revision;
  /** Why its commit cannot be taken along the path now; null when it can. */
  readonly hindrance: Hindrance | null;
}

/** Files of Git's folder that are there while an operation waits for its user. */
const operations = {
  MERGE_HEAD: 'merge',
  'rebase-merge': 'rebase',
  'rebase-apply': 'rebase',
  CHERRY_PICK_HEAD: 'cherry-pick',
  REVERT_HEAD: 'revert',
  BISECT_LOG: 'bisect',
} as const;

/** Folder where Git keeps what belongs to this working tree. @throws TG-LOOP-NO-GIT */
export async function gitFolder(root: string): Promise<string> {
  const { code, stdout } = await capture(['git', 'rev-parse', '--absolute-git-dir'], { cwd: root });
  if (code === 0) return stdout.trim();
  throw failure(
    'TG-LOOP-NO-GIT',
    `Cannot watch "${root}": it is in no Git repository`,
    'Make it one: "git init", "git add ." and "git commit"',
  );
}

export async function lookAtHead(project: Pick<Project, 'root' | 'config'>, folder: string): Promise<Head> {
  const revision = await revisionOf(project);
  return { revision, hindrance: hindranceOf(revision, folder) };
}

function hindranceOf({ commit, branch, dirty, changed }: Revision, folder: string): Hindrance | null {
  if (commit === null) return { kind: 'no-commit' };
  for (const [name, operation] of Object.entries(operations)) if (existsSync(join(folder, name))) return { kind: 'under-way', operation };
  if (branch === null) return { kind: 'detached' };
  return dirty ? { kind: 'uncommitted', files: changed.slice(0, 5) } : null;
}
