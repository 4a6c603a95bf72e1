import { failure } from '@tidegate/formats';
import { listModelVersions, type RegisteredModel } from '../../models/index.ts';
import type { Project } from '../project.ts';

/** A model version by its digest or the first digits of it, or the newest of a model by its name (`delay`, `models.delay`). @throws TG-CLI-NOT-FOUND */
export function findModel({ state, name: project }: Pick<Project, 'state' | 'name'>, name: string): RegisteredModel {
  const all = listModelVersions(state, project);
  const [newest] = all.filter(({ version }) => version.model === name.replace(/^models\./, ''));
  if (newest !== undefined) return newest;
  const digits = name.replace(/^sha256:/, '');
  const [first, ...more] = digits === '' ? [] : all.filter(({ digest }) => digest.startsWith(`sha256:${digits}`));
  if (first !== undefined && more.length === 0) return first;
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot find the model version "${name}": ${first === undefined ? 'the project has no model of that name, and no version whose digest starts so' : 'several digests start so'}`,
    'Run "tidegate models" for the versions',
  );
}
