import { type Artifact, type DatasetVersion, failure, type Json, shape } from '@tidegate/formats';
import type { ObjectStore } from '../store/index.ts';
import { versionShape } from './version-shape.ts';

/** The record of a dataset version from the store. @throws TG-DATA-VERSION, TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT */
export async function readVersion(store: ObjectStore, artifact: Pick<Artifact, 'digest'>): Promise<DatasetVersion> {
  return parseDatasetVersion(await store.readJson(artifact.digest), artifact.digest);
}

/** Checks that a value is the record of a dataset version; `name` says in the message which one. @throws TG-DATA-VERSION */
export function parseDatasetVersion(value: Json, name: string): DatasetVersion {
  const parsed = shape.parse(versionShape, value);
  if (parsed.ok) return parsed.value;
  throw failure(
    'TG-DATA-VERSION',
    `Cannot read the dataset version "${name}": ${parsed.failure[0]?.message ?? 'it is none'}`,
    'Run "tidegate run" to make it again',
  );
}
