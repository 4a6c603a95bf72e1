import type { Digest } from './digest.ts';
import type { StepName } from './ids.ts';

/** What became of the items of a fan-out: the output `items` of a step with `for:`. Specification: docs/reference/formats/items.md. */
export interface ItemsRecord {
  readonly format: 'tidegate.items/1';
  readonly step: StepName;
  /** Null when none is to be chosen, or no item is done. */
  readonly best: { readonly item: string; readonly metric: string; readonly value: number } | null;
  /** In the order of the configuration. */
  readonly items: readonly {
    readonly item: string;
    readonly values: { readonly [name: string]: string | number | boolean };
    readonly status: 'done' | 'failed';
    /** Empty when it failed. */
    readonly outputs: { readonly [output: string]: { readonly path: string; readonly digest: Digest; readonly bytes: number } };
  }[];
}
