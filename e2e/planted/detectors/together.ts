import { type JointFinding, TidegateError } from '@tidegate/formats';
import { openEngine, quoteText } from '@tidegate/runtime';
import { judgeTogether } from '../../../packages/core/src/data/drift/together/judge-together.ts';
import type { Alarm, DeliveredVersion, Detector } from './detector.ts';
import { measureFile } from './measure-file.ts';

/** What `tidegate data drift` says of columns together and of texts, with what it does by default: a version against all earlier rows. */
export const together: Detector = {
  name: 'together',
  learn: async ({ whole: { file } }, { dataSet, engine }) => {
    const known = await measureFile(engine, file, { contract: null, time: null });
    const byDays = dataSet.versions.by === 'days' ? dataSet.versions.time : null;
    const rowsOf = ({ file: own }: Pick<DeliveredVersion, 'file'>): string => `SELECT * FROM read_parquet(${quoteText(own)})`;
    const findingsOf = async (version: DeliveredVersion): Promise<readonly JointFinding[]> => {
      using own = await openEngine({ threads: 1 });
      const found = await measureFile(own, version.file, { contract: null, time: null }).catch((error: unknown) => {
        if (error instanceof TidegateError) return null;
        throw error;
      });
      if (found === null) return []; // what cannot be read, or has no rows, is said by the checks of its rows: there is nothing to compare
      const types = new Map(found.columns.map(({ name, type }) => [name, type]));
      const { findings } = await judgeTogether(own, {
        reference: rowsOf({ file }),
        current: rowsOf(version),
        columns: known.columns.filter(({ name, type }) => types.get(name) === type),
        windows: byDays === null ? null : { orderBy: byDays, share: found.rows / Math.max(1, known.rows) },
      });
      return findings;
    };
    return {
      judge: async (version) => (await findingsOf(version)).filter(({ verdict }) => verdict === 'fail').flatMap(alarmsOf),
      smallest: async (version) => {
        const findings = await findingsOf(version);
        const of = (what: string): ReadonlyMap<string, number> =>
          new Map(
            findings.flatMap(({ name, columns: [column = ''], smallest }) =>
              name === `text.${column}.${what}` && smallest !== null ? [[column, smallest] as const] : [],
            ),
          );
        return { columns: new Map(), characters: of('characters'), vocabulary: of('vocabulary') };
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};

/** Of a classifier the columns that tell most; what tells none is about the table. */
function alarmsOf({
  name,
  columns,
  telling,
}: {
  readonly name: string;
  readonly columns: readonly string[];
  readonly telling: readonly { readonly column: string }[];
}): readonly Alarm[] {
  if (columns.length === 1) return [{ name, column: columns[0] ?? null }];
  if (telling.length === 0) return [{ name, column: null }];
  return telling.slice(0, 3).map(({ column }) => ({ name: `${name}.${column}`, column }));
}
