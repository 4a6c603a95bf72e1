import { filesSource, openSource, type Source } from '../../data/index.ts';
import { openSecrets } from '../../secrets/index.ts';
import { requireDataset } from '../data/dataset-views.ts';
import type { Project } from '../project.ts';

/** Opens where a dataset comes from. @throws TG-CLI-NOT-FOUND */
export async function sourceOfDataset(project: Project, dataset: string): Promise<Source> {
  requireDataset(project, dataset);
  const { root, home, platform, config } = project;
  const { files = [], source } = config.data[dataset]?.from ?? {};
  if (source === undefined) return filesSource({ files, except: [home.root] }, { root });
  return openSource(source, { root, secret: openSecrets({ home, platform, root }).value });
}
