import { lastEnvironment } from '../../config/index.ts';
import { deploymentHistory } from '../../deploy/index.ts';
import type { Project } from '../project.ts';

/**
 * Takes over the results behind the champion that a remote knows, before the first key is compared: a home that never deployed can then say what
 * changed since what is live.
 */
export async function takeOverChampion({ remote, config, state, name, elsewhere }: Project): Promise<void> {
  const environment = remote === null ? null : lastEnvironment(config.environments);
  if (environment !== null && deploymentHistory(state, name, { environment }).length === 0) await elsewhere(environment);
}
