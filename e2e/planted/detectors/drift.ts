import type { ColumnDrift } from '@tidegate/formats';
import { quoteName, quoteText } from '@tidegate/runtime';
import { judgeRowsDrift } from '../../../packages/core/src/monitoring/drift/judge-drift.ts';
import { openWatchedRig } from '../../../packages/core/src/monitoring/fixtures/watched-rig.ts';
import type { Alarm, Detector } from './detector.ts';
import { measureFile } from './measure-file.ts';

/** The drift monitor of a service that was trained on the earlier rows, as `tidegate monitors try` asks it, with what it does by default. */
export const drift: Detector = {
  name: 'drift',
  learn: async ({ whole: { file } }, { dataSet, engine }) => {
    const { columns } = await measureFile(engine, file, { contract: null, time: null });
    const byDays = dataSet.versions.by === 'days' ? dataSet.versions.time : null;
    const moment = byDays === null ? "TIMESTAMP '2024-01-01'" : quoteName(byDays);
    const rig = await openWatchedRig({
      inputs: columns.map(({ name, type }) => ({ name, type })),
      training: `SELECT *, ${moment} AS moment FROM read_parquet(${quoteText(file)})`,
      tested: "SELECT 0 AS row, '0' AS id, '1' AS label, 0.5 AS prediction, false AS trained",
    });
    const watched = rig.watching(`${byDays === null ? '' : 'window: 1d, '}drift: {}`);
    const settings = watched.config.drift;
    if (settings === null) throw new Error('Cannot judge drift: it is not watched');
    return {
      judge: async (version) => {
        const { evidence } = await judgeRowsDrift(rig.sources, watched, settings, version.file);
        return evidence.filter(({ verdict }) => verdict === 'fail' || verdict === 'invalid').map(alarmOf);
      },
      smallest: async (version) => {
        const { evidence } = await judgeRowsDrift(rig.sources, watched, settings, version.file);
        const columns = new Map(
          evidence.flatMap(({ details }) =>
            isColumnDrift(details) && details.smallest !== null ? [[details.column, details.smallest] as const] : [],
          ),
        );
        return { columns, characters: new Map(), vocabulary: new Map() };
      },
      [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
    };
  },
};

function isColumnDrift(details: unknown): details is ColumnDrift {
  return typeof details === 'object' && details !== null && 'column' in details && 'smallest' in details && 'usual' in details;
}

function alarmOf({ name, details }: { readonly name: string; readonly details: unknown }): Alarm {
  const column = typeof details === 'object' && details !== null && 'column' in details ? String(details.column) : null;
  return { name, column };
}
