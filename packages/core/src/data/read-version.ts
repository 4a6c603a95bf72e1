import { type Artifact, type DatasetSchema, type DatasetVersion, type Digest, failure, type Json, shape } from '@tidegate/formats';
import type { ObjectStore } from '../store/index.ts';
import { schemaShape, versionShape } from './version-shape.ts';

/** The record of a dataset version from the store. @throws TG-DATA-VERSION, TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT */
export async function readVersion(store: ObjectStore, artifact: Pick<Artifact, 'digest'>): Promise<DatasetVersion> {
  return parseDatasetVersion(await store.readJson(artifact.digest), artifact.digest);
}

/** The files of a version as the project has them, and as they are made a version of again: with the rows that the version goes on without. */
export function deliveredTree({ tree, delivered = tree }: Pick<DatasetVersion, 'tree' | 'delivered'>): Digest {
  return delivered;
}

/** The columns of a dataset from the store. @throws TG-DATA-VERSION, TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT */
export async function readSchema(store: ObjectStore, artifact: Pick<Artifact, 'digest'>): Promise<DatasetSchema> {
  const parsed = shape.parse(schemaShape, await store.readJson(artifact.digest));
  if (parsed.ok) return parsed.value;
  throw unreadable('schema of a dataset', artifact.digest, parsed.failure[0]?.message);
}

/** Checks that a value is the record of a dataset version; `name` says in the message which one. @throws TG-DATA-VERSION */
export function parseDatasetVersion(value: Json, name: string): DatasetVersion {
  const parsed = shape.parse(versionShape, value);
  if (parsed.ok) return parsed.value;
  throw unreadable('dataset version', name, parsed.failure[0]?.message);
}

function unreadable(what: string, name: string, problem = 'it is none'): Error {
  return failure('TG-DATA-VERSION', `Cannot read the ${what} "${name}": ${problem}`, 'Run "tidegate run" to make it again');
}
