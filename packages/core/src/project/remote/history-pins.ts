import type { Digest } from '@tidegate/formats';
import { lockFileName } from '../../config/index.ts';
import { capture, systemPlatform } from '../../platform/index.ts';
import { digestsIn } from '../../store/index.ts';

/**
 * What the lock file of any commit of any branch, remote branch and tag has ever pinned: whoever goes back to a commit wants its data. Asks Git for the
 * changes of that one file only.
 *
 * @returns null when Git cannot say, or has only a part of the history, as in a shallow clone
 */
export async function historyPins(root: string): Promise<ReadonlySet<Digest> | null> {
  const words = [
    'log',
    '--branches',
    '--tags',
    '--remotes',
    'HEAD',
    '--format=',
    '-m',
    '--unified=0',
    '-p',
    '--no-ext-diff',
    '--no-textconv',
    '--',
    lockFileName,
  ];
  const variables = { ...systemPlatform.variables, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
  const shallow = await capture(['git', 'rev-parse', '--is-shallow-repository'], { cwd: root, variables });
  if (shallow.stdout.trim() !== 'false') return null;
  const { code, stdout } = await capture(['git', ...words], { cwd: root, variables });
  return code === 0 ? digestsIn(stdout) : null;
}
