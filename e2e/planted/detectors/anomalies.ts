import { digestOfHex, type MeasuredVersion, TidegateError } from '@tidegate/formats';
import { leastPast } from '@tidegate/runtime';
import { judgeHistory } from '../../../packages/core/src/data/anomalies/judge-history.ts';
import { measureVersion } from '../../../packages/core/src/data/anomalies/measures-of.ts';
import type { Detector } from './detector.ts';
import { measureFile } from './measure-file.ts';

const dayMs = 86_400_000;

/** A version beside those before it, with what a dataset has by default; it needs five of them, so where rows come in halves it says nothing. */
export const anomalies: Detector = {
  name: 'anomalies',
  learn: async ({ versions }, { dataSet, engine }) => {
    const time = dataSet.versions.by === 'days' ? dataSet.versions.time : null;
    const past: MeasuredVersion[] = [];
    const measured = async (file: string): Promise<MeasuredVersion> => {
      const version = await measureFile(engine, file, { contract: null, time });
      const own = { project: 'planted', version: digestOfHex(past.length.toString(16).padStart(64, '0')) };
      // one comes in the morning after each day, whatever is in it
      const first = past[0]?.at ?? new Date(6 * 3_600_000).toISOString();
      return measureVersion(version, { ...own, at: new Date(Date.parse(first) + past.length * dayMs).toISOString() });
    };
    if (versions.length >= leastPast)
      for (const { file } of versions) {
        const one = await measured(file);
        if (past.length > 0 || one.newestEvent === null) past.push(one);
        else {
          const at = new Date(Math.floor(Date.parse(one.newestEvent) / dayMs + 1) * dayMs + 6 * 3_600_000).toISOString();
          past.push(
            measureVersion(await measureFile(engine, file, { contract: null, time }), { project: 'planted', version: one.version, at }),
          );
        }
      }
    return {
      judge: async ({ file }) => {
        if (past.length < leastPast) return [];
        const version = await measured(file).catch((error: unknown) => {
          if (error instanceof TidegateError) return null;
          throw error;
        });
        // what cannot be read is for those who read it
        if (version === null) return [];
        const { measures } = judgeHistory({ version, others: past, notes: [] }, { falseAlarms: 0.01, ignore: [] });
        return measures.filter(({ verdict }) => verdict === 'fail').map(({ name, column }) => ({ name, column }));
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};
