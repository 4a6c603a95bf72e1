import { join } from 'node:path';
import { isRunId } from '@tidegate/formats';
import { readdir, rm, stat } from '../../platform/index.ts';
import type { Home, State } from '../../store/index.ts';

/** What the logs of all projects in a home may come to; the oldest runs go first. */
const most = { runs: 500, bytes: 1 << 30 } as const;

/** Removes logs of the oldest runs beyond the limits, but never those of a run that goes on. */
export async function removeOldLogs(
  home: Home,
  state: State,
  limits: { readonly runs: number; readonly bytes: number } = most,
): Promise<void> {
  const runs = (await readdir(home.logs).catch(() => [])).filter(isRunId).toSorted().toReversed(); // a run's name begins with its time
  let bytes = 0;
  for (const [index, run] of runs.entries()) {
    bytes += await bytesIn(join(home.logs, run));
    if (index < limits.runs && bytes <= limits.bytes) continue;
    if (state.prepare('SELECT status FROM run WHERE id = ?').get(run)?.['status'] === 'running') continue;
    await rm(join(home.logs, run), { recursive: true, force: true });
  }
}

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []); // another run may remove it at the same time
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
