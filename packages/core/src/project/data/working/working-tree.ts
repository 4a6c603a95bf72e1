import type { Digest, Json, TreeEntry } from '@tidegate/formats';
import { buildTree, type ObjectStore, type TreeRecord } from '../../../store/index.ts';

/** A tree of files that lie in the working tree, and a reader that knows its records besides those of the store. */
export interface WorkingTree {
  readonly digest: Digest;
  readonly files: number;
  readonly bytes: number;
  readonly readJson: ObjectStore['readJson'];
}

/** Of files that were looked at one by one. */
export function workingTree(store: Pick<ObjectStore, 'readJson'>, files: readonly TreeEntry[]): WorkingTree {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return readingTree(store, { ...buildTree(files), files: files.length, bytes });
}

interface MadeTree extends Omit<WorkingTree, 'readJson'> {
  readonly records: readonly TreeRecord[];
}

export function readingTree({ readJson }: Pick<ObjectStore, 'readJson'>, { records, ...made }: MadeTree): WorkingTree {
  const built = new Map(records.map((record) => [record.digest, record.text]));
  return {
    ...made,
    readJson: async (wanted) => {
      const text = built.get(wanted);
      if (text === undefined) return readJson(wanted);
      const record: Json = JSON.parse(text);
      return record;
    },
  };
}
