import { type Artifact, compareCodeUnits, type ItemsRecord, type Json, failure, type TreeEntry } from '@tidegate/formats';
import { ownOutputs } from '../../config/index.ts';
import type { StepContext, StepKind } from '../../pipeline/index.ts';
import { bestOf } from './best-item.ts';
import { type CollectedItem, settingsOfCollect } from './collect-settings.ts';

/**
 * Collects what the items of a fan-out made: each output as one folder, a record of all items, and the outputs of the best one. An item
 * that failed is in the record and in no folder.
 */
export const collectKind: StepKind = {
  kind: 'collect',
  version: 1,
  run: async (context) => {
    const settings = settingsOfCollect(context.node.settings);
    const made = new Map(context.inputs.map(({ name, artifact }) => [name, artifact]));
    const items = settings.items.map((item): CollectedItem => ({
      ...item,
      outputs: outputsOf(context, item, { made, names: Object.keys(settings.folders) }),
    }));
    const done = items.filter(({ outputs }) => outputs !== null);
    const outputs: { [output: string]: Artifact } = {};
    for (const [output, folder] of Object.entries(settings.folders)) outputs[output] = await collect(context, done, { output, folder });
    const best = settings.best === null ? null : await bestOf(context, done, settings.best);
    for (const [output, artifact] of Object.entries(best?.item.outputs ?? {})) outputs[ownOutputs.best + output] = artifact;
    const chosen =
      best === null || settings.best === null ? null : { item: best.item.label, metric: settings.best.member, value: best.value };
    outputs[ownOutputs.items] = await putRecord(context, recordOf(context, items, chosen));
    const failed = items.length - done.length;
    const facts: { readonly [name: string]: Json } = {
      items: items.length,
      ...(failed > 0 && { failed }),
      ...(chosen !== null && { best: chosen.item, [chosen.metric]: chosen.value }),
    };
    return { outputs, evidence: [], facts };
  },
};

interface Made {
  /** By `steps.train@JFK/model`. */
  readonly made: ReadonlyMap<string, Artifact>;
  readonly names: readonly string[];
}

/** Null for an item that failed. */
function outputsOf({ node }: StepContext, { label }: { readonly label: string }, { made, names }: Made): CollectedItem['outputs'] {
  const found = names.map((output) => [output, made.get(`${node.name}@${label}/${output}`)] as const);
  if (found.some(([, artifact]) => artifact === undefined)) return null;
  return Object.fromEntries(found.flatMap(([output, artifact]) => (artifact === undefined ? [] : [[output, artifact]])));
}

async function collect(
  context: StepContext,
  items: readonly CollectedItem[],
  { output, folder }: { readonly output: string; readonly folder: string },
): Promise<Artifact> {
  const entries: TreeEntry[] = [];
  for (const { label, outputs, paths } of items) {
    const artifact = outputs?.[output];
    const path = (paths[output] ?? '').slice(folder.length + 1);
    if (artifact === undefined) continue;
    if (artifact.kind === 'file') entries.push({ path, digest: artifact.digest, bytes: artifact.bytes });
    else
      for (const entry of (await context.store.readTree(artifact.digest)).entries)
        entries.push({ ...entry, path: `${path}/${entry.path}` });
    context.progress(`collecting ${label}`, null);
  }
  entries.sort((a, b) => compareCodeUnits(a.path, b.path));
  const twice = entries.find(({ path }, index) => index > 0 && path === entries[index - 1]?.path);
  if (twice !== undefined)
    throw failure(
      'TG-PIPELINE-OUTPUT-CLASH',
      `Cannot collect the output "${output}" of "${context.node.name}": two items write "${folder}/${twice.path}"`,
      'Put "{item}" into the path of the output',
    );
  return { kind: 'tree', ...(await context.store.putEntries(entries)), files: entries.length };
}

function recordOf({ node }: StepContext, items: readonly CollectedItem[], best: ItemsRecord['best']): ItemsRecord {
  return {
    format: 'tidegate.items/1',
    step: node.name,
    best,
    items: items.map(({ label, values, paths, outputs }) => ({
      item: label,
      values,
      status: outputs === null ? 'failed' : 'done',
      outputs: Object.fromEntries(
        Object.entries(outputs ?? {}).map(([output, { digest, bytes }]) => [output, { path: paths[output] ?? '', digest, bytes }]),
      ),
    })),
  };
}

async function putRecord({ store }: StepContext, record: ItemsRecord): Promise<Artifact> {
  const { digest, bytes } = await store.putJson(record);
  return { kind: 'file', digest, bytes, files: 1 };
}
