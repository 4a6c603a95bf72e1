import type { Artifact, RunId } from '@tidegate/formats';
import type { EngineParts } from '../engine-parts.ts';
import type { StepNode } from '../step-kind.ts';
import { missingObjects } from './missing-objects.ts';
import { stableDigests } from './stable-digest.ts';

type Outputs = { readonly [output: string]: Artifact };

/** Outputs, and the run that made them. */
export interface MadeOutputs {
  readonly outputs: Outputs;
  readonly run: RunId;
}

/** The outputs with the stable digests that the step declares now, whatever it declared when they were made. @throws TG-PIPELINE-STABLE */
export async function withStableDigests({ store }: Pick<EngineParts, 'store'>, node: StepNode, made: MadeOutputs): Promise<Outputs> {
  const { stable: rules } = node;
  if (rules === undefined && Object.values(made.outputs).every((artifact) => artifact.stable === undefined)) return made.outputs;
  const digests = await stableDigests(rules ?? {}, { store, step: node.name, outputs: made.outputs });
  const entries = Object.entries(made.outputs).map(([output, { kind, digest, bytes, files }]): [string, Artifact] => {
    const stable = digests.get(output);
    return [output, { kind, digest, bytes, files, ...(stable !== undefined && { stable: { digest: stable, run: made.run } }) }];
  });
  return Object.fromEntries(entries);
}

/**
 * The outputs that a run passes on: for each with a stable digest the first that had it, so that one key of a step that reads it always
 * means the same bytes. One that is the first, or takes the place of a first whose objects are gone, is remembered.
 *
 * @param makesWay whether an earlier first gives way: the user asked for the newer result
 */
export async function firstOutputs(
  parts: EngineParts,
  node: StepNode,
  { outputs, makesWay }: { readonly outputs: Outputs; readonly makesWay: boolean },
): Promise<Outputs> {
  if (node.stable === undefined) return outputs;
  const entries = Object.entries(outputs).map(
    async ([output, artifact]) => [output, await firstOf(parts, { node, output, artifact, makesWay })] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

interface StableOutput {
  readonly node: StepNode;
  readonly output: string;
  readonly artifact: Artifact;
  readonly makesWay: boolean;
}

async function firstOf(parts: EngineParts, { node, output, artifact, makesWay }: StableOutput): Promise<Artifact> {
  const { state, store, project } = parts;
  const { stable } = artifact;
  if (stable === undefined) return artifact;
  const place = [project.name, node.name, output, stable.digest] as const;
  const select = 'SELECT artifact FROM stable_output WHERE project = ? AND step = ? AND output = ? AND digest = ?';
  const read = (): Artifact | null => {
    const row = state.prepare(select).get(...place);
    return row === undefined ? null : (JSON.parse(String(row['artifact'])) as Artifact);
  };
  const first = read();
  const isThere = first !== null && !makesWay && (await missingObjects(store, [first])).length === 0;
  if (isThere) return first;
  const write = first === null ? 'IGNORE' : 'REPLACE';
  return state.commit(() => {
    state
      .prepare(`INSERT OR ${write} INTO stable_output (project, step, output, digest, artifact) VALUES (?, ?, ?, ?, ?)`)
      .run(...place, JSON.stringify(artifact));
    return read() ?? artifact;
  });
}
