import { writeYaml } from '../../../../config/index.ts';
import { exportContract } from '../export-contract.ts';
import type { DialectName } from './dialect.ts';

/** For tests: a name that breaks out of quotes of every kind, if they are not doubled. */
export const hostileName = 'a"b`c\'d; DROP TABLE t --';

const contract = {
  apiVersion: 'v3.1.0',
  kind: 'DataContract',
  id: 't',
  version: '1.0.0',
  status: 'active',
  schema: [
    {
      name: hostileName,
      quality: [
        { type: 'custom', engine: 'tidegate', implementation: { check: 'compare', left: 'low', is: '<=', right: 'high' } },
        { type: 'custom', engine: 'tidegate', implementation: { check: 'allOrNone', columns: ['low', 'high'] } },
        { metric: 'duplicateValues', arguments: { properties: ['code', 'low'] }, mustBe: 0 },
        { type: 'custom', engine: 'tidegate', implementation: { check: 'requiredWhen', column: 'high', when: 'code', is: ['HI'] } },
      ],
      properties: [
        { name: 'id', logicalType: 'integer', primaryKey: true, primaryKeyPosition: 1, description: "It's the \\ key" },
        { name: 'code', logicalType: 'string', required: true, logicalTypeOptions: { pattern: '^[A-Z]{2}$', maxLength: 5 } },
        { name: 'low', logicalType: 'number', logicalTypeOptions: { minimum: -1.5, exclusiveMaximum: 100 } },
        { name: 'high', logicalType: 'number', quality: [{ type: 'custom', engine: 'tidegate', implementation: { check: 'positive' } }] },
        {
          name: hostileName,
          logicalType: 'string',
          quality: [{ metric: 'invalidValues', arguments: { validValues: ['x', "y'\\"] }, mustBe: 0 }],
        },
        { name: 'day', logicalType: 'date', logicalTypeOptions: { minimum: '2020-01-01' } },
        { name: 'at', logicalType: 'timestamp', logicalTypeOptions: { maximum: '2030-01-01T00:00:00Z' } },
        { name: 'flag', logicalType: 'boolean' },
        { name: 'other', logicalType: 'integer', relationships: [{ type: 'foreignKey', to: 'parents.id' }] },
        { name: 'mail', logicalType: 'string', unique: true, logicalTypeOptions: { maxLength: 20 } },
      ],
    },
  ],
};

/** The definition of a table with every constraint that is made. */
export function tableFor(dialect: DialectName): ReturnType<typeof exportContract> {
  return exportContract({ file: 't.yaml', text: writeYaml(contract, 'for tests'), dataset: 't' }, dialect);
}

export const goodRow = {
  id: '1',
  code: "'AB'",
  low: '1',
  high: '2',
  [hostileName]: "'x'",
  day: "'2024-01-01'",
  at: "'2024-01-01 10:00:00'",
  flag: 'true',
  other: '7',
  mail: "'a@b'",
};

/** Rows that are good, and then rows that each break one promise; the last marked by whether only databases with patterns can tell. */
export const moreGoodRows: readonly Partial<typeof goodRow>[] = [
  { id: '2', mail: 'NULL', code: "'CD'" },
  { id: '3', mail: 'NULL', low: 'NULL', high: 'NULL', other: 'NULL', day: 'NULL', at: 'NULL', flag: 'NULL', [hostileName]: 'NULL' },
];
export const badRows: readonly { readonly breaks: string; readonly row: Partial<typeof goodRow>; readonly needsPatterns?: true }[] = [
  { breaks: 'the key', row: { id: '1' } },
  { breaks: 'the key is there', row: { id: 'NULL' } },
  { breaks: 'required', row: { code: 'NULL' } },
  { breaks: 'the pattern', row: { code: "'ab'" }, needsPatterns: true },
  { breaks: 'the length', row: { mail: "'abcdefghijklmnopqrstuvw'" } },
  { breaks: 'the minimum', row: { low: '-2' } },
  { breaks: 'the maximum, which is out itself', row: { low: '100', high: '200' } },
  { breaks: 'a rule by name', row: { high: '-1', low: '-1' } },
  { breaks: 'values', row: { [hostileName]: "'z'" } },
  { breaks: 'a bound of days', row: { day: "'2019-12-31'" } },
  { breaks: 'a bound of moments', row: { at: "'2030-01-02 00:00:00'" } },
  { breaks: 'a comparison of columns', row: { low: '5', high: '2' } },
  { breaks: 'all or none', row: { low: 'NULL' } },
  { breaks: 'another table', row: { other: '8' } },
  { breaks: 'uniqueness', row: { mail: "'a@b'" } },
  { breaks: 'uniqueness of several', row: { code: "'AB'", low: '1' } },
  { breaks: 'a type', row: { low: "'few'" } },
];

export interface Database {
  readonly dialect: DialectName;
  /** @throws when the database refuses it */
  readonly run: (sql: string) => Promise<unknown>;
  readonly quoteName: (name: string) => string;
}

/** What a database takes that it must refuse, and refuses that it must take. */
export async function wrongly({ dialect, run, quoteName }: Database): Promise<readonly string[]> {
  await run(`CREATE TABLE parents (id ${dialect === 'sqlite' ? 'INTEGER' : 'bigint'} NOT NULL PRIMARY KEY)`);
  await run('INSERT INTO parents VALUES (7)');
  const { text, notSaid } = tableFor(dialect);
  for (const statement of text.split(/;\n/).filter((one) => one.trim() !== '')) await run(statement);
  const insert = (row: Partial<typeof goodRow>): Promise<unknown> => {
    const whole = { ...goodRow, ...row };
    const names = Object.keys(whole).map(quoteName).join(', ');
    return run(`INSERT INTO ${quoteName(hostileName)} (${names}) VALUES (${Object.values(whole).join(', ')})`);
  };
  const refusal = (row: Partial<typeof goodRow>): Promise<string | null> =>
    insert(row).then(
      () => null,
      (error: unknown) => String(error),
    );
  const found: string[] = [];
  for (const row of [goodRow, ...moreGoodRows]) {
    const why = await refusal(row);
    if (why !== null) found.push(`refused ${JSON.stringify(row)}: ${why}`);
  }
  const hasPatterns = !notSaid.some(({ why }) => why.includes('patterns'));
  for (const [index, { breaks, row, needsPatterns }] of badRows.entries()) {
    if (needsPatterns === true && !hasPatterns) continue;
    const other = { id: String(100 + index), mail: 'NULL', code: "'XY'", ...row };
    if ((await refusal(breaks.startsWith('uniqueness of several') ? { ...other, ...row } : other)) === null)
      found.push(`took what breaks ${breaks}`);
  }
  return found;
}
