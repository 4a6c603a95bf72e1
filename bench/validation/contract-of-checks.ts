import type { AskedCheck } from './sixty-checks.ts';
import { columns } from './sixty-checks.ts';

const types: Readonly<Record<string, readonly [logical: string, physical: string]>> = {
  id: ['integer', 'BIGINT'],
  at: ['timestamp', 'TIMESTAMP'],
  price: ['number', 'DECIMAL(10,2)'],
  flag: ['boolean', 'BOOLEAN'],
  rare: ['integer', 'SMALLINT'],
  code: ['string', 'VARCHAR'],
  batch: ['integer', 'INTEGER'],
};

/** The checks as a data contract (ODCS 3.1), which Tidegate and datacontract-cli read. `server`: the Parquet file. */
export function contractOfChecks(checks: readonly AskedCheck[], path: string): object {
  const properties = columns.map((name) => {
    const own = checks.filter(({ column }) => column === name);
    const [logicalType, physicalType] =
      types[name] ?? (name.startsWith('a') ? ['number', 'DOUBLE'] : name.startsWith('n') ? ['integer', 'INTEGER'] : ['string', 'VARCHAR']);
    const quality = own.flatMap(qualityOf);
    return {
      name,
      logicalType,
      physicalType,
      required: own.some(({ kind }) => kind === 'null'),
      unique: own.some(({ kind }) => kind === 'unique'),
      logicalTypeOptions: Object.assign({}, ...own.map(optionsOf)),
      ...(quality.length > 0 && { quality }),
    };
  });
  const rows = checks.flatMap((check) =>
    check.kind === 'rows' ? [{ type: 'library', metric: 'rowCount', mustBeGreaterOrEqualTo: check.least }] : [],
  );
  return {
    apiVersion: 'v3.1.0',
    kind: 'DataContract',
    id: 'measured',
    version: '1.0.0',
    status: 'active',
    servers: [{ server: 'local', type: 'local', path, format: 'parquet' }],
    schema: [{ name: 'measured', logicalType: 'object', physicalType: 'table', properties, quality: rows }],
  };
}

function optionsOf(check: AskedCheck): object {
  switch (check.kind) {
    case 'min':
      return { minimum: check.limit };
    case 'max':
      return { maximum: check.limit };
    case 'pattern':
      return { pattern: check.pattern };
    case 'length':
      return { minLength: check.min, maxLength: check.max };
    default:
      return {};
  }
}

function qualityOf(check: AskedCheck): readonly object[] {
  switch (check.kind) {
    case 'set':
      return [{ type: 'library', metric: 'invalidValues', arguments: { validValues: check.values }, mustBe: 0 }];
    case 'nullShare':
      return [{ type: 'library', metric: 'nullValues', unit: 'percent', mustBeLessOrEqualTo: 100 * check.share }];
    default:
      return [];
  }
}
