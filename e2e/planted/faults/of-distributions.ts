import { isInteger } from '../column-facts.ts';
import type { Change, Fault, Planting, Score } from '../fault.ts';
import { donor, known, literal, number, own } from './cell.ts';

type ForScore = Omit<Planting, 'size'>;

/** A share of the rows that have a value in the first column gets what the SQL says. */
function share({ columns: [column = ''], size }: Planting, sql: string, more: Partial<Extract<Change, { kind: 'cells' }>> = {}): Change {
  return { kind: 'cells', eligible: known(column), amount: { share: size }, values: { [column]: sql }, ...more };
}

/** A number in deviations from its mean, by what is known of it. */
function standard(column: string | undefined, { facts }: ForScore): string {
  const { mean, deviation } = facts(column ?? '');
  return `((${own(column)} - ${number(mean)}) / ${number(deviation || 1)})`;
}

/** The product of two scores of a row, whose mean is nothing once they no longer go together. */
function together(first: string, second: string): Score {
  return { before: `${first} * ${second}`, after: '0' };
}

function classOf(column: string | undefined, { facts }: ForScore, which: 'frequent' | 'rare'): string {
  const { type, [which]: value } = facts(column ?? '');
  return `(${own(column)} = ${literal(value, type)})::INT`;
}

/** More and more rows of one of the classes that are there. */
function moreOf(which: 'frequent' | 'rare', { kind, says, gross }: Pick<Fault, 'kind' | 'says'> & { readonly gross: number }): Fault {
  return {
    kind,
    says,
    finds: ['drift of categories'],
    needs: 'category',
    unit: 'share of rows',
    told: 'distance',
    sizes: { down: 'to a score', gross, score: (planting) => ({ before: classOf(planting.columns[0], planting, which), after: '1' }) },
    change: (planting) => {
      const { type, [which]: value } = planting.facts(planting.columns[0] ?? '');
      return share(planting, literal(value, type));
    },
  };
}

/** The hour of the day, from noon. */
function hours(column: string | undefined): string {
  return `(extract('hour' FROM ${own(column)}) - 12)`;
}

/** Faults that no row proves: a distribution is another one. */
export const faultsOfDistributions: readonly Fault[] = [
  {
    kind: 'mean',
    says: 'every number is higher by so many standard deviations',
    finds: ['drift of numbers'],
    needs: 'number',
    unit: 'standard deviations',
    sizes: {
      down: 'to a score',
      gross: 2,
      score: ({ columns: [column], facts }) => ({
        before: own(column),
        after: `${own(column)} + ${number(facts(column ?? '').deviation)}`,
      }),
    },
    told: 'deviations',
    change: ({ columns: [column = ''], facts, size }) => ({
      kind: 'cells',
      eligible: known(column),
      amount: 'all',
      values: { [column]: `${own(column)} + ${number(size * facts(column).deviation)}` },
    }),
  },
  {
    kind: 'spread',
    says: 'every number is farther from the mean, by so many times',
    finds: ['drift of numbers'],
    needs: 'number',
    unit: 'times',
    sizes: {
      down: 'to a score',
      gross: 2,
      // to first order the square of the distance grows by twice the factor
      score: (planting) => {
        const square = `${standard(planting.columns[0], planting)} ** 2`;
        return { before: square, after: `3 * ${square}` };
      },
    },
    told: 'spread',
    change: ({ columns: [column = ''], facts, size }) => ({
      kind: 'cells',
      eligible: known(column),
      amount: 'all',
      values: { [column]: `${own(column)} + ${number(size)} * (${own(column)} - ${number(facts(column).mean)})` },
    }),
  },
  {
    kind: 'shape',
    says: 'numbers come in two lumps, one standard deviation on either side of the mean, which stays',
    finds: ['drift of numbers'],
    needs: 'number',
    unit: 'share of rows',
    sizes: {
      down: 'to a score',
      gross: 0.9,
      // beyond a quarter and below one and three quarters deviations: where the lumps are and the middle is not
      score: (planting) => {
        const away = `(abs(${standard(planting.columns[0], planting)}) BETWEEN 0.75 AND 1.25)::INT`;
        return { before: away, after: '1' };
      },
    },
    told: 'distance',
    change: (planting) => {
      const column = planting.columns[0] ?? '';
      const { mean, deviation } = planting.facts(column);
      return share(
        planting,
        `CASE WHEN ${own(column)} >= ${number(mean)} THEN ${number(mean + deviation)} ELSE ${number(mean - deviation)} END`,
      );
    },
  },
  {
    kind: 'tail',
    says: 'numbers become the largest that was seen',
    finds: ['drift of numbers'],
    needs: 'number',
    unit: 'share of rows',
    sizes: {
      down: 'to a score',
      gross: 0.3,
      score: ({ columns: [column], facts }) => ({
        before: `(${own(column)} >= ${number(facts(column ?? '').mean + 2 * facts(column ?? '').deviation)})::INT`,
        after: '1',
      }),
    },
    told: 'distance',
    change: (planting) => share(planting, number(planting.facts(planting.columns[0] ?? '').max)),
  },
  {
    kind: 'unit',
    says: 'numbers in kilometres in place of miles',
    finds: ['drift of numbers', 'range'],
    needs: 'positive',
    unit: 'share of rows',
    sizes: {
      down: 'to a score',
      gross: 1,
      score: ({ columns: [column] }) => ({ before: own(column), after: `${own(column)} * ${number(1.609344)}` }),
    },
    told: 'distance',
    change: (planting) => share(planting, `${own(planting.columns[0])} * ${number(1.609344)}`),
  },
  {
    kind: 'rounded',
    says: 'decimals are lost',
    finds: ['precision', 'drift of numbers'],
    needs: 'fraction',
    unit: 'share of rows',
    sizes: {
      down: 'to a score',
      gross: 1,
      score: ({ columns: [column] }) => ({ before: `(${own(column)} = round(${own(column)}))::INT`, after: '1' }),
    },
    told: 'distance',
    change: (planting) => share(planting, `round(${own(planting.columns[0])})`),
  },
  {
    kind: 'stuck',
    says: 'one number, from the middle of what was seen, in a run of rows',
    finds: ['constant', 'drift of numbers'],
    needs: 'number',
    unit: 'share of rows',
    sizes: {
      down: 'to a score',
      gross: 0.5,
      score: (planting) => ({ before: `(abs(${standard(planting.columns[0], planting)}) < 0.05)::INT`, after: '1' }),
    },
    told: 'distance',
    change: (planting) => {
      const { mean, type } = planting.facts(planting.columns[0] ?? '');
      return share(planting, number(isInteger(type) ? Math.round(mean) : mean), { choice: 'run' });
    },
  },
  {
    kind: 'nulls rise',
    says: 'more nulls in a column that has some',
    finds: ['drift of nulls'],
    needs: 'nullable',
    unit: 'share of rows',
    sizes: {
      down: 'to a score',
      gross: 0.5,
      score: ({ columns: [column] }) => ({ before: `(${own(column)} IS NULL)::INT`, after: '1' }),
    },
    told: 'missing',
    change: (planting) => share(planting, 'NULL'),
  },
  moreOf('frequent', { kind: 'mix', says: 'more of the class that is most frequent', gross: 0.8 }),
  moreOf('rare', { kind: 'rare class', says: 'more of the class that is rarest', gross: 0.5 }),
  {
    kind: 'new class',
    says: 'a class that was never seen, in more and more rows',
    finds: ['drift of categories'],
    needs: 'category',
    unit: 'rows',
    sizes: { down: 'to unseen rows' },
    told: 'unseen',
    change: ({ columns: [column = ''], size }) => ({
      kind: 'cells',
      eligible: known(column),
      amount: { count: size },
      values: { [column]: "'never seen'" },
    }),
  },
  {
    kind: 'class lost',
    says: 'the most frequent class is called as the rarest',
    finds: ['drift of categories'],
    needs: 'category',
    unit: 'share of rows',
    sizes: {
      down: 'to a score',
      gross: 1,
      score: (planting) => ({ before: classOf(planting.columns[0], planting, 'frequent'), after: '0' }),
    },
    told: 'distance',
    change: (planting) => {
      const column = planting.columns[0] ?? '';
      const { rare, frequent, type } = planting.facts(column);
      return share(planting, literal(rare, type), { eligible: `${own(column)} = ${literal(frequent, type)}` });
    },
  },
  {
    kind: 'truth rate',
    says: 'more rows are true',
    finds: ['drift of truth values'],
    needs: 'boolean',
    unit: 'share of rows',
    sizes: {
      down: 'to a score',
      gross: 0.8,
      score: ({ columns: [column] }) => ({ before: `(${own(column)})::INT`, after: '1' }),
    },
    told: 'distance',
    change: (planting) => share(planting, 'true'),
  },
  {
    kind: 'time zone',
    says: 'every time is later by so many hours',
    finds: ['drift of times', 'seasonal drift'],
    needs: 'daily',
    unit: 'hours',
    sizes: {
      down: 'to a score',
      gross: 9,
      score: ({ columns: [, time] }) => ({ before: hours(time), after: `(extract('hour' FROM ${own(time)} + INTERVAL 1 HOUR) - 12)` }),
    },
    change: ({ columns: [, time = ''], size }) => ({
      kind: 'cells',
      eligible: known(time),
      amount: 'all',
      values: { [time]: `${own(time)} + INTERVAL ${Math.round(size * 3600)} SECOND` },
    }),
  },
  {
    kind: 'season',
    says: 'numbers no longer follow the hour of the day, though all of them are there',
    finds: ['seasonal drift', 'multivariate drift'],
    needs: 'daily',
    unit: 'share of rows',
    sizes: {
      down: 'to a score',
      gross: 1,
      score: (planting) => together(standard(planting.columns[0], planting), hours(planting.columns[1])),
    },
    change: ({ columns: [value = '', time = ''], size }) => ({
      kind: 'cells',
      eligible: known(value, time),
      amount: { share: size },
      donor: 'cycle',
      values: { [value]: donor(value) },
    }),
  },
  {
    kind: 'text length',
    says: 'texts are cut to a third',
    finds: ['drift of texts', 'length'],
    needs: 'text',
    unit: 'share of rows',
    sizes: {
      down: 'to a score',
      gross: 1,
      score: ({ columns: [column] }) => ({ before: `length(${own(column)})`, after: `ceil(length(${own(column)}) / 3)` }),
    },
    told: 'characters',
    change: (planting) => {
      const text = own(planting.columns[0]);
      return share(planting, `left(${text}, CAST(ceil(length(${text}) / 3) AS BIGINT))`);
    },
  },
  {
    kind: 'vocabulary',
    says: 'texts in other words of the same lengths',
    finds: ['drift of texts'],
    needs: 'text',
    unit: 'rows',
    sizes: { down: 'to unseen rows' },
    told: 'vocabulary',
    change: ({ columns: [column = ''], size }) => ({
      kind: 'cells',
      eligible: known(column),
      amount: { count: size },
      values: { [column]: `translate(lower(${own(column)}), 'abcdefghijklmnopqrstuvwxyz', 'zyxwvutsrqponmlkjihgfedcba')` },
    }),
  },
  {
    kind: 'related numbers',
    says: 'two numbers no longer go together, though all of them are there',
    finds: ['multivariate drift'],
    needs: 'related',
    unit: 'share of rows',
    sizes: {
      down: 'to a score',
      gross: 1,
      score: (planting) => together(standard(planting.columns[0], planting), standard(planting.columns[1], planting)),
    },
    change: ({ columns: [first = '', second = ''], size }) => ({
      kind: 'cells',
      eligible: known(first, second),
      amount: { share: size },
      donor: 'cycle',
      values: { [first]: donor(first) },
    }),
  },
  {
    kind: 'labels shuffled',
    says: 'classes no longer go with the numbers, though all of them are there',
    finds: ['multivariate drift'],
    needs: 'labelled',
    unit: 'share of rows',
    sizes: {
      down: 'to a score',
      gross: 1,
      score: (planting) => {
        const [number, label] = planting.columns;
        const is = classOf(label, planting, 'frequent');
        const ofAll = `(SELECT avg((u.${own(label).slice(2)} = ${literal(planting.facts(label ?? '').frequent, planting.facts(label ?? '').type)})::INT) FROM past u)`;
        return together(standard(number, planting), `(${is} - ${ofAll})`);
      },
    },
    change: ({ columns: [number = '', label = ''], size }) => ({
      kind: 'cells',
      eligible: known(number, label),
      amount: { share: size },
      donor: 'cycle',
      values: { [label]: donor(label) },
    }),
  },
  {
    kind: 'columns exchanged',
    says: 'two columns of one type stand in each other’s place',
    finds: ['drift of numbers', 'range', 'cross-column'],
    needs: 'alike',
    unit: 'share of rows',
    sizes: {
      down: 'to a score',
      gross: 1,
      score: ({ columns: [first, second] }) => ({ before: own(first), after: own(second) }),
    },
    told: 'distance',
    change: ({ columns: [first = '', second = ''], size }) => ({
      kind: 'cells',
      eligible: known(first, second),
      amount: { share: size },
      values: { [first]: own(second), [second]: own(first) },
    }),
  },
];
