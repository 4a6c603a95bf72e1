import type { DatasetConfig } from '../../../config/index.ts';
import type { DataDriftSettings } from '../../../data/index.ts';

const defaults: DataDriftSettings = { floor: 0.1, falseAlarms: 0.01, ignore: [], by: 'windows', seasons: true };

/** How drift of a dataset is judged: as `data.NAME.drift` says, else by default. */
export function driftSettingsOf(dataset: DatasetConfig | undefined): DataDriftSettings {
  const { floor, falseAlarms, ignore, by, seasons } = dataset?.drift ?? defaults;
  return { floor, falseAlarms, ignore, by, seasons };
}
