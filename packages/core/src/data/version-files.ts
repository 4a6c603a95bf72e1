import type { DatasetVersion } from '@tidegate/formats';
import type { ObjectStore } from '../store/index.ts';
import { type DatasetFile, filesOfTree } from './read/dataset-file.ts';

/** The files of a version; of a table the plain files that it is read as. @throws TG-STORE-OBJECT-MISSING */
export async function versionFiles(store: ObjectStore, { tree }: DatasetVersion): Promise<readonly DatasetFile[]> {
  return filesOfTree(store, await store.readTree(tree));
}
