import type { EmitEvent, KeyRecord } from '@tidegate/formats';
import { type EngineParts, kindNamed } from '../engine-parts.ts';
import { keyRecordOf } from './key.ts';
import { type OutputsOf, resolveInputs } from '../inputs/resolve-inputs.ts';
import { withParts } from '../inputs/tree-parts.ts';
import type { ProjectFile, Snapshot } from '../inputs/snapshot.ts';
import type { SecretValues } from '../secrets/secrets.ts';
import { requireNoSecret, secretHashes, secretValues } from '../secrets/step-secrets.ts';
import type { ResolvedInput, StepNode } from '../step-kind.ts';

/** A step whose inputs are all known. */
export interface PreparedStep {
  readonly node: StepNode;
  readonly inputs: readonly ResolvedInput[];
  /** Those of its inputs that are files of the project. */
  readonly files: readonly ProjectFile[];
  readonly keyRecord: KeyRecord;
  /** Null for a step without secrets. */
  readonly secrets: SecretValues | null;
}

export interface PrepareOptions {
  readonly snapshot: Snapshot;
  readonly outputsOf: OutputsOf;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
}

/** Finds out everything that decides a step's result; null as long as something it needs is not finished. @throws what the kind's `facts` throws, TG-SECRETS-… */
export async function prepareStep(parts: EngineParts, node: StepNode, options: PrepareOptions): Promise<PreparedStep | null> {
  const { snapshot, outputsOf, signal, emit } = options;
  const files = snapshot.filesOf(node);
  const whole = resolveInputs(node, files, outputsOf);
  if (whole === null) return null;
  const inputs = await withParts(parts.store, node, whole);
  const kind = kindNamed(parts, node.kind);
  const facts = (await kind.facts?.({ node, inputs, signal, emit, store: parts.store, platform: parts.platform })) ?? {};
  const executables = files.filter((file) => file.executable).map((file) => file.path);
  const secrets = await secretValues(parts.secrets, node);
  if (secrets === null) return { node, inputs, files, keyRecord: keyRecordOf({ node, kind, inputs, executables, facts }), secrets };
  const hashes = await secretHashes(parts.secrets, secrets);
  const keyRecord = keyRecordOf({ node, kind, inputs, executables, facts, secrets: hashes });
  requireNoSecret(keyRecord, secrets);
  return { node, inputs, files, keyRecord, secrets };
}
