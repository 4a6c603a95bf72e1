import type { RowTombstone } from '@tidegate/formats';
import { git } from '../hooks/hooks-place.ts';

/** The user as Git has it; null where it has none. */
export async function whoIsAtWork(root: string): Promise<RowTombstone['by']> {
  const [name, email] = [await git(root, ['config', 'user.name']), await git(root, ['config', 'user.email'])];
  return name === null || name === '' ? null : { name, email: email ?? '' };
}
