import { tableAt } from '../tables/tables-as-trees.ts';
import { conflictsOf, type DataMerge, type MergeRequest } from './merge-request.ts';
import { mergeTables } from './merge-tables.ts';
import { mergeTrees } from './merge-trees.ts';

/**
 * Merges two versions of a dataset that come from a third one: trees file by file, tables row by row. Conflicts are values, and then nothing is made.
 *
 * @throws TG-STORE-OBJECT-MISSING for what is not at hand, TG-STORE-OBJECT-CORRUPT, TG-STORE-TREE
 */
export async function mergeData(request: MergeRequest): Promise<DataMerge> {
  const { store, base, ours, theirs } = request;
  if (ours === theirs || theirs === base) return { kind: 'merged', tree: ours };
  if (ours === base) return { kind: 'merged', tree: theirs };
  const [from, own, other] = [base === null ? null : await tableAt(store, base), await tableAt(store, ours), await tableAt(store, theirs)];
  if (own !== null && other !== null && (base === null || from !== null))
    return mergeTables(request, { base: from, ours: own, theirs: other });
  if (own === null && other === null && from === null) return mergeTrees(request);
  return conflictsOf([{ kind: 'shape', problem: 'table and files' }]);
}
