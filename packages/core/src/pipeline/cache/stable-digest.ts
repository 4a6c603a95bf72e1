import { type Artifact, canonicalJson, type Digest, failure, type Json, type StepName } from '@tidegate/formats';
import { digestOfBytes } from '../../platform/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import type { StableRule, StepNode } from '../step-kind.ts';

type Outputs = { readonly [output: string]: Artifact };

/** What the stable digests of a step's outputs are made of. */
export interface StableSource {
  readonly store: Pick<ObjectStore, 'readBytes'>;
  readonly step: StepName;
  readonly outputs: Outputs;
}

/**
 * Stable digests of those outputs that have a rule. The rule is part of the digest, so another rule is another digest.
 *
 * @throws TG-PIPELINE-STABLE when an output is not what its rule needs
 */
export async function stableDigests(rules: NonNullable<StepNode['stable']>, source: StableSource): Promise<ReadonlyMap<string, Digest>> {
  const found = new Map<string, Digest>();
  for (const [output, rule] of Object.entries(rules)) {
    const content =
      rule.kind === 'json' ? rounded(await jsonOf(source, output), { rule, name: '', path: '' }) : digestOf(source, rule.output);
    found.set(output, digestOfBytes(canonicalJson({ format: 'tidegate.stable/1', rule, content })));
  }
  return found;
}

function digestOf({ step, outputs }: StableSource, output: string): Digest {
  const artifact = outputs[output];
  if (artifact === undefined) throw new Error(`Cannot find the output "${output}" of "${step}": it was checked before; please report this`);
  return artifact.digest;
}

async function jsonOf(source: StableSource, output: string): Promise<Json> {
  const { step, store } = source;
  const digest = digestOf(source, output);
  if (source.outputs[output]?.kind === 'tree') throw noJson(step, output, 'it is a folder');
  try {
    return JSON.parse(Buffer.from(await store.readBytes(digest)).toString('utf8')) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) throw noJson(step, output, `it is no JSON (${error.message})`);
    throw error;
  }
}

function noJson(step: StepName, output: string, found: string): Error {
  return failure(
    'TG-PIPELINE-STABLE',
    `Cannot tell what is stable in the output "${output}" of "${step}": ${found}`,
    `Write JSON, or let another output say it: stable: { ${output}: { file: PATH } }`,
  );
}

interface Within {
  readonly rule: Extract<StableRule, { readonly kind: 'json' }>;
  /** Name of the member that is looked at, and its path from the root. */
  readonly name: string;
  readonly path: string;
}

/** The value without members that are ignored, its numbers rounded. */
function rounded(value: Json, within: Within): Json {
  const { rule, path } = within;
  if (typeof value === 'number') return round(value, rule.round);
  const inside = (name: string): Within => ({ rule, name, path: path === '' ? name : `${path}.${name}` });
  if (Array.isArray(value)) return value.map((item: Json, index) => rounded(item, inside(String(index))));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !rule.ignore.includes(name) && !rule.ignore.includes(inside(name).path));
  return Object.fromEntries(kept.map(([name, member]) => [name, rounded(member, inside(name))]));
}

function round(value: number, digits: Within['rule']['round']): number {
  if (digits === null) return value;
  return Number(digits.counted === 'decimals' ? value.toFixed(digits.digits) : value.toPrecision(digits.digits));
}
