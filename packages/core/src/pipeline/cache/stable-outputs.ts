import { type Artifact, isZone, mayRead, type RunId, type Zone } from '@tidegate/formats';
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
 * means the same bytes. The first of a run that is trusted no less, for a stable digest says little of the bytes that it leaves out. One that is the first, or takes the place of a first whose objects are gone, is remembered.
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
  const { state, store, project, zone } = parts;
  const { stable } = artifact;
  if (stable === undefined) return artifact;
  const place = [project.name, node.name, output, stable.digest] as const;
  const select = 'SELECT artifact, zone FROM stable_output WHERE project = ? AND step = ? AND output = ? AND digest = ?';
  /** One that a run of a less trusted zone has made is none. */
  const read = (): { readonly artifact: Artifact; readonly zone: Zone } | null => {
    const row = state.prepare(select).get(...place);
    const maker = String(row?.['zone']);
    if (row === undefined || !isZone(maker) || !mayRead(zone, maker)) return null;
    return { artifact: JSON.parse(String(row['artifact'])) as Artifact, zone: maker };
  };
  const first = read();
  const isGone = first !== null && (await missingObjects(store, [first.artifact])).length > 0;
  if (first !== null && !isGone && !makesWay) return first.artifact;
  if (first !== null && !isGone && first.zone !== zone) return artifact; // what is trusted more stays for everybody else
  return state.commit(() => {
    const present = first === null ? read() : null;
    if (present !== null) return present.artifact; // somebody was quicker
    state
      .prepare('INSERT OR REPLACE INTO stable_output (project, step, output, digest, artifact, zone) VALUES (?, ?, ?, ?, ?, ?)')
      .run(...place, JSON.stringify(artifact), zone);
    return artifact;
  });
}
