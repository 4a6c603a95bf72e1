import type { DatasetVersion } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';
import type { InferredRule } from './inferred-contract.ts';
import type { ColumnSurvey } from './survey.ts';

/** Another dataset of the project. */
export interface OtherDataset {
  readonly version: DatasetVersion;
  /** A SELECT of its rows; asked for only where names say that there may be a foreign key. */
  readonly rows: () => Promise<string>;
}

/** Pairs that are counted. */
const mostPairs = 20;
/** Rows with a value that must be there. */
const fewestValues = 20;

/**
 * Columns whose values all stand in a column of another dataset that tells its rows apart, where the names go together: the same name, or that of the dataset with or without the
 * column's (`customer`, `customer_id` for `id` of `customers`). Counted over all rows.
 */
export async function foreignKeys(
  { engine, rows }: { readonly engine: Engine; readonly rows: string },
  surveys: readonly ColumnSurvey[],
  others: readonly OtherDataset[],
): Promise<readonly InferredRule[]> {
  const pairs = others.flatMap((other) => pairsWith(surveys, other)).slice(0, mostPairs);
  const found: InferredRule[] = [];
  for (const { survey, other, target } of pairs) {
    const [name, key, theirs] = [quoteName(survey.column.name), quoteName(target), await other.rows()];
    const [row = {}] = await engine.rows(
      `WITH k AS (SELECT ${key} AS v FROM (${theirs}))
       SELECT (SELECT count(*) - count(DISTINCT v) FROM k) AS repeated, count(${name}) AS n, count(DISTINCT ${name}) AS d,
              count(*) FILTER (WHERE ${name} IS NOT NULL AND ${name} NOT IN (SELECT v FROM k WHERE v IS NOT NULL)) AS missing FROM (${rows})`,
    );
    const { dataset } = other.version;
    if (Number(row['repeated']) > 0 || Number(row['missing']) > 0 || Number(row['n']) < fewestValues || Number(row['d']) < 2) continue;
    const columns = [survey.column.name];
    const references = target === survey.column.name ? {} : { references: [target] };
    found.push({
      name: `foreignKey ${JSON.stringify([survey.column.name, dataset, target])}`,
      value: { type: 'custom', engine: 'tidegate', implementation: { check: 'foreignKey', columns, dataset, ...references } },
      chance: null,
      seen: `all of ${Number(row['n'])} values stand in ${target} of data.${dataset}`,
    });
  }
  return found;
}

interface Pair {
  readonly survey: ColumnSurvey;
  readonly other: OtherDataset;
  readonly target: string;
}

function pairsWith(surveys: readonly ColumnSurvey[], other: OtherDataset): readonly Pair[] {
  const { version } = other;
  const able = version.profile.columns.filter(
    // distinct counts are estimates where there are many
    ({ type, nulls, distinct, min }) =>
      (type === 'integer' || type === 'string') && nulls === 0 && min !== null && distinct > 1 && distinct >= 0.9 * version.rows,
  );
  return able.flatMap((target) =>
    surveys.flatMap((survey) =>
      survey.column.type === target.type && areNamedAlike(survey.column.name, { dataset: version.dataset, column: target.name })
        ? [{ survey, other, target: target.name }]
        : [],
    ),
  );
}

function areNamedAlike(name: string, { dataset, column }: { readonly dataset: string; readonly column: string }): boolean {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const [own, key, whole] = [plain(name), plain(column), plain(dataset)];
  const one = whole.replace(/ies$/, 'y').replace(/s$/, '');
  // "id" of two tables are keys of different things
  if (own === key) return !/^(id|key|uuid|code|name|no|nr|number|index|row)$/.test(own);
  return [one, whole].some((of) => own === of || own === of + key);
}
