import { type Json, shape } from '@tidegate/formats';
import type { PartitionsConfig, TableConfig } from '../config/index.ts';

const whole = shape.number({ integer: true, minimum: 0 });
const keep = shape.either(shape.object({ partitions: shape.required(whole) }), shape.object({ ms: shape.required(whole) }), (value) =>
  typeof value === 'object' && value !== null && 'ms' in value ? 'second' : 'first',
);

const settingShape: shape.Shape<TableConfig> = shape.map(
  shape.object({
    key: shape.required(shape.list(shape.text())),
    folder: shape.required(shape.text()),
    partition: shape.optional(shape.text()),
    keep: shape.optional(keep),
  }),
  ({ partition = null, keep: kept = null, ...settings }) => ({ ...settings, partition, keep: kept }),
);

/** Reads how a dataset is kept row by row, as `datasetNodes` wrote it; null for one that is kept as files. @throws Error (a bug) when it did not */
export function tableSetting(setting: Json | undefined): TableConfig | null {
  if (setting === undefined) return null;
  const parsed = shape.parse(settingShape, setting);
  if (parsed.ok) return parsed.value;
  throw new Error(`Cannot read how a dataset is kept: ${parsed.failure[0]?.message ?? 'it is nothing'}; please report this`);
}

const partitionsShape: shape.Shape<PartitionsConfig> = shape.map(
  shape.object({ by: shape.required(shape.text()), keep: shape.optional(keep) }),
  ({ by, keep: kept = null }) => ({ by, keep: kept }),
);

/** Reads how files are divided, as `datasetNodes` wrote it; null for files that are not. @throws Error (a bug) when it did not */
export function partitionsSetting(setting: Json | undefined): PartitionsConfig | null {
  if (setting === undefined) return null;
  const parsed = shape.parse(partitionsShape, setting);
  if (parsed.ok) return parsed.value;
  throw new Error(`Cannot read how a dataset is divided: ${parsed.failure[0]?.message ?? 'it is nothing'}; please report this`);
}
