import { type Json, shape } from '@tidegate/formats';
import type { QuarantineConfig } from '../../config/index.ts';

const settingShape: shape.Shape<QuarantineConfig> = shape.object({
  checks: shape.required(shape.list(shape.text())),
  goesOn: shape.required(shape.boolean()),
});

/** Reads what becomes of rows that break checks, as `datasetNodes` wrote it; null when nothing does. @throws Error (a bug) when it did not */
export function quarantineSetting(setting: Json | undefined): QuarantineConfig | null {
  if (setting === undefined) return null;
  const parsed = shape.parse(settingShape, setting);
  if (parsed.ok) return parsed.value;
  throw new Error(
    `Cannot read what becomes of rows that break checks: ${parsed.failure[0]?.message ?? 'it is nothing'}; please report this`,
  );
}
