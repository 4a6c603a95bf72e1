import { recoverDeadRuns } from '../../pipeline/index.ts';
import type { Project } from '../project.ts';

/** Ends what runs have left running whose own process was killed, of any project of the home. @returns how many processes that were */
export async function endDeadRuns(project: Project): Promise<number> {
  let ended = 0;
  await recoverDeadRuns(project, (event) => {
    if (event.kind === 'crashed-run-found') ended += event.processesEnded;
  });
  return ended;
}
