import { type Digest, failure, type TreeEntry } from '@tidegate/formats';
import type { ObjectStore } from '../../store/index.ts';
import type { ResolvedInput, StepNode } from '../step-kind.ts';

/** An input that may still be a whole tree of which only one file is meant. */
export interface WholeInput extends ResolvedInput {
  readonly part?: string;
}

/** Takes the one file out of each tree of which only that is an input: then nothing else in the tree is in the key. @throws TG-PIPELINE-INPUT-MISSING */
export async function withParts(store: ObjectStore, node: StepNode, inputs: readonly WholeInput[]): Promise<readonly ResolvedInput[]> {
  if (inputs.every(({ part }) => part === undefined)) return inputs;
  return Promise.all(
    inputs.map(async ({ part, ...input }) => {
      if (part === undefined) return input;
      const entry = (await entriesOf(store, input.artifact.digest)).get(part);
      if (entry !== undefined) return { ...input, artifact: { kind: 'file' as const, digest: entry.digest, bytes: entry.bytes, files: 1 } };
      const message = `Cannot find the input "${part}" of "${node.name}": ${input.name.replace(`/${part}`, '')} has no such file`;
      throw failure('TG-PIPELINE-INPUT-MISSING', message, 'Run again: the files of the dataset have changed since the run began');
    }),
  );
}

type Entries = ReadonlyMap<string, TreeEntry>;

/** The trees that a process reads parts of are few and asked for by every item: each is read once. */
const known = new WeakMap<ObjectStore, Map<Digest, Promise<Entries>>>();

function entriesOf(store: ObjectStore, digest: Digest): Promise<Entries> {
  const trees = known.get(store) ?? new Map<Digest, Promise<Entries>>();
  known.set(store, trees);
  const read = trees.get(digest) ?? store.readTree(digest).then(({ entries }) => new Map(entries.map((entry) => [entry.path, entry])));
  trees.set(digest, read);
  read.catch(() => trees.delete(digest));
  return read;
}
