import type { Digest } from '@tidegate/formats';
import { identityOf, isRunning } from '../../../platform/index.ts';
import { digestsIn, type State } from '../../../store/index.ts';
import type { Project } from '../../project.ts';
import type { Holder } from './holders.ts';

/** What a command works with before any run, lock file or other record names it. */
export interface Hold extends Holder {
  readonly id: string;
  readonly project: string;
}

/** Does work with objects that stay meanwhile, with all that they lead to, and no row of which is forgotten. What a process held that was killed counts no more. */
export async function whileHeld<T>({ state, name, platform }: Project, digests: readonly Digest[], work: () => Promise<T>): Promise<T> {
  const id = `h-${platform.random.hex(8)}`;
  const owner = identityOf(process.pid) ?? { pid: process.pid, startedAt: '', boot: '' };
  const insert = 'INSERT INTO hold (id, project, digests, owner) VALUES (?, ?, ?, ?)';
  state.commit(() => state.prepare(insert).run(id, name, digests.join(' '), JSON.stringify(owner)));
  try {
    return await work();
  } finally {
    state.commit(() => state.prepare('DELETE FROM hold WHERE id = ?').run(id));
  }
}

/** Those of processes that are alive. */
export function livingHolds(state: State): readonly Hold[] {
  return state
    .prepare('SELECT id, project, digests, owner FROM hold')
    .all()
    .filter(isAlive)
    .map((row) => ({
      id: String(row['id']),
      project: String(row['project']),
      why: 'a command works with it',
      digests: digestsIn(String(row['digests'])),
    }));
}

export function forgetDeadHolds(state: State): void {
  const dead = state.prepare('SELECT id, owner FROM hold').all();
  for (const row of dead.filter((one) => !isAlive(one)))
    state.commit(() => state.prepare('DELETE FROM hold WHERE id = ?').run(String(row['id'])));
}

function isAlive(row: { readonly [column: string]: unknown }): boolean {
  return isRunning(JSON.parse(String(row['owner'])) as Parameters<typeof isRunning>[0]);
}
