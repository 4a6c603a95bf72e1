import type { LogicalType } from '@tidegate/formats';
import type { DataContract } from '../data-contract.ts';
import type { Literal } from '../literal.ts';
import type { LintMistake } from './lint-mistake.ts';

/** Values under `validValues` that no value of the property's type can be, so that they match nothing. */
export function valuesOfOtherTypes({ columns }: DataContract): readonly LintMistake[] {
  return columns.flatMap(({ name, logicalType, rules }) =>
    rules.flatMap(({ body, path }): readonly LintMistake[] => {
      if (body.kind !== 'invalidValues' || body.valid === null) return [];
      return body.valid.flatMap((value, index) =>
        logicalType === null || canBe(value, logicalType)
          ? []
          : [
              {
                path: [...path, 'arguments', 'validValues', index],
                message: `Cannot find ${JSON.stringify(value)} among values of "${name}": it is ${logicalType}`,
                hint: 'Correct the value or "logicalType"',
              },
            ],
      );
    }),
  );
}

function canBe(value: Literal, type: LogicalType): boolean {
  if (value === null) return true;
  const text = String(value).trim();
  switch (type) {
    case 'integer':
      return typeof value !== 'boolean' && text !== '' && Number.isInteger(Number(text));
    case 'number':
      return typeof value !== 'boolean' && text !== '' && Number.isFinite(Number(text));
    case 'boolean':
      return text === 'true' || text === 'false';
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
    case 'timestamp':
      return /^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(Date.parse(text));
    case 'time':
      return /^\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(text);
    case 'string':
    case 'object':
    case 'array':
      return true;
  }
}
