import { failure, type Json } from '@tidegate/formats';
import type { StepContext } from '../../pipeline/index.ts';
import type { BestSetting, CollectedItem } from './collect-settings.ts';

export interface BestItem {
  readonly item: CollectedItem;
  readonly value: number;
}

/** The item with the largest or the smallest value; of equals the first. @throws TG-COMMANDS-METRIC when one has no number there */
export async function bestOf(context: StepContext, items: readonly CollectedItem[], best: BestSetting): Promise<BestItem | null> {
  let found: BestItem | null = null;
  for (const item of items) {
    const value = await valueOf(context, item, best);
    const isBetter = found === null || (best.direction === 'max' ? value > found.value : value < found.value);
    if (isBetter) found = { item, value };
  }
  return found;
}

async function valueOf(
  { store, node }: StepContext,
  { label, outputs, paths }: CollectedItem,
  { output, member }: BestSetting,
): Promise<number> {
  const cannot = (what: string): Error =>
    failure(
      'TG-COMMANDS-METRIC',
      `Cannot find the best item of "${node.name}": "${paths[output] ?? output}" of "${label}" ${what}`,
      `Let every item write {"${member}": NUMBER} into its output "${output}"`,
    );
  const artifact = outputs?.[output];
  if (artifact?.kind !== 'file') throw cannot('is no file');
  const value = memberAt(jsonOf(Buffer.from(await store.readBytes(artifact.digest)).toString('utf8'), cannot), member);
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw cannot(value === undefined ? `has no "${member}"` : `has no number as "${member}"`);
}

function jsonOf(text: string, cannot: (what: string) => Error): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw cannot('is no JSON');
  }
}

function memberAt(json: Json, member: string): Json | undefined {
  return member.split('.').reduce<Json | undefined>((part, name) => {
    const isObject = typeof part === 'object' && part !== null && Object.hasOwn(part, name);
    return isObject ? (part as { readonly [name: string]: Json })[name] : undefined;
  }, json);
}
