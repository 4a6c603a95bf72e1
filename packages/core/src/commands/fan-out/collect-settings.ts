import { type Artifact, type Json, shape } from '@tidegate/formats';
import { itemValue, type ItemValue } from '../../config/index.ts';

/** What the step that collects a fan-out is told. */
export interface CollectSettings {
  readonly items: readonly Omit<CollectedItem, 'outputs'>[];
  /** Output → folder that all items write it into. */
  readonly folders: { readonly [output: string]: string };
  readonly best: BestSetting | null;
}

export interface CollectedItem {
  readonly label: string;
  readonly values: { readonly [name: string]: ItemValue };
  /** Output → where the item wrote it. */
  readonly paths: { readonly [output: string]: string };
  /** Null when it failed. */
  readonly outputs: { readonly [output: string]: Artifact } | null;
}

export interface BestSetting {
  readonly output: string;
  /** Path of the member in the JSON: `test.rmse`. */
  readonly member: string;
  readonly direction: 'max' | 'min';
}

const texts = shape.record(shape.text());
const best: shape.Shape<BestSetting> = shape.object({
  output: shape.required(shape.text()),
  member: shape.required(shape.text()),
  direction: shape.required(shape.oneOf(['max', 'min'])),
});

const item = shape.object({
  label: shape.required(shape.text()),
  values: shape.required(shape.record(itemValue)),
  paths: shape.required(texts),
});

const settingsShape: shape.Shape<CollectSettings> = shape.map(
  shape.object({ items: shape.required(shape.list(item)), folders: shape.required(texts), best: shape.optional(best) }),
  (settings) => ({ ...settings, best: settings.best ?? null }),
);

/** Reads what `fanOutNodes` wrote. @throws Error (a bug) when it did not */
export function settingsOfCollect(settings: { readonly [name: string]: Json }): CollectSettings {
  const parsed = shape.parse(settingsShape, settings);
  if (parsed.ok) return parsed.value;
  const [problem] = parsed.failure;
  throw new Error(`Cannot read what a fan-out collects: ${problem?.message ?? 'it is nothing'}; please report this`);
}
