import { canonicalJson, type Digest, type Json, type KeyRecord, unreachable } from '@tidegate/formats';
import { digestOfBytes } from '../../platform/index.ts';
import type { ResolvedInput, StepKind, StepNode } from '../step-kind.ts';

/** What a key record is made of. */
export interface KeyParts {
  readonly node: StepNode;
  readonly kind: Pick<StepKind, 'kind' | 'version'>;
  readonly inputs: readonly ResolvedInput[];
  /** Names of the inputs that are executable project files. */
  readonly executables: readonly string[];
  readonly facts: { readonly [name: string]: Json };
  /** Null for a step without secrets. */
  readonly secrets?: NonNullable<KeyRecord['secrets']> | null;
}

/** Everything that decides the result of a step, as data. The same meaning gives the same record, whatever the order it was written in. */
export function keyRecordOf({ node, kind, inputs, executables, facts, secrets = null }: KeyParts): KeyRecord {
  const { salt, variesWith = [] } = node;
  const stable = inputs.flatMap(({ name, artifact }) => (artifact.stable === undefined ? [] : [name])).toSorted();
  const artifacts = inputs.filter((input) => input.source === null);
  return {
    format: 'tidegate.key/2',
    step: node.name,
    kind: kind.kind,
    kindVersion: kind.version,
    inputs: Object.fromEntries(inputs.map(({ name, artifact }) => [name, artifact.stable?.digest ?? artifact.digest])),
    ...(stable.length > 0 && { stable }),
    settings: node.settings,
    variables: node.variables,
    ...(secrets !== null && { secrets }),
    facts,
    ...(variesWith.length > 0 && { resources: Object.fromEntries(variesWith.map((resource) => [resource, amountOf(node, resource)])) }),
    outputs: Object.fromEntries(node.outputs.map((output) => [output.name, output.path])),
    places: Object.fromEntries(artifacts.flatMap((input) => (input.place === null ? [] : [[input.name, input.place]]))),
    executables: executables.toSorted(),
    ...(salt !== undefined && { salt }),
  };
}

function amountOf(node: StepNode, resource: NonNullable<StepNode['variesWith']>[number]): number {
  switch (resource) {
    case 'cpus':
      return node.cpus;
    case 'memory':
      return node.resources?.memoryBytes ?? 0;
    case 'gpus':
      return node.resources?.gpus ?? 0;
    default:
      return unreachable(resource);
  }
}

/** The step's key: the digest of the record's canonical JSON, which is also the name of the stored record. */
export function keyOf(record: KeyRecord): Digest {
  return digestOfBytes(canonicalJson(record));
}
