import type { StepNode } from '../../../pipeline/index.ts';
import type { Project } from '../../project.ts';
import { workingFiles } from './working-files.ts';
import { workingFolder } from './working-folder.ts';
import { type WorkingTree, workingTree } from './working-tree.ts';

/** The tree of a dataset as it lies in the working tree, by its folders where these tell, else file by file. @throws as `workingFiles` */
export async function treeNow(project: Project, dataset: string, steps: readonly StepNode[]): Promise<WorkingTree> {
  const quickly = await workingFolder(project, dataset, steps);
  return quickly ?? workingTree(project.store, (await workingFiles(project, [dataset])).get(dataset) ?? []);
}
