import type { Artifact } from '@tidegate/formats';
import type { ObjectStore } from '../store/index.ts';

/** Stores a record that is an output of a step. */
export async function putRecord(store: ObjectStore, record: unknown): Promise<Artifact> {
  const { digest, bytes } = await store.putJson(record);
  return { kind: 'file', digest, bytes, files: 1 };
}
