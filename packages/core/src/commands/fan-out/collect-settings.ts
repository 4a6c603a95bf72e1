import type { Artifact, Json } from '@tidegate/formats';
import type { ItemValue } from '../../config/index.ts';

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

/** Reads what `fanOutNodes` wrote. */
export function settingsOfCollect(settings: { readonly [name: string]: Json }): CollectSettings {
  return settings as unknown as CollectSettings;
}
