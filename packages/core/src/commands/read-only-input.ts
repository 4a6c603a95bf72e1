import type { Ran } from './step-process.ts';
import type { Workspace } from './sealed-workspace.ts';

/** What helps a failed command that wrote to an input, or to a copy of one that is as read-only as the input; null when its output does not say so. */
export function readOnlyInput({ tail }: Pick<Ran, 'tail'>, { sealed }: Pick<Workspace, 'sealed'>): string | null {
  if (sealed.length === 0) return null;
  if (tail.some((line) => /read-only file system/i.test(line))) return 'A step cannot change its inputs: let it write to another path';
  if (!tail.some((line) => /permission denied|read-?only/i.test(line))) return null;
  return 'A large input is read-only, and so is a copy of it that keeps its mode: copy with "cp --no-preserve=mode" or "shutil.copyfile"';
}
