import type { JsonObject } from '@tidegate/formats';
import type { ImportedContract } from './foreign-rules.ts';

/** The ODCS v3.1.0 document of an imported contract, members in the order in which people look for them. */
export function contractDocument({ id, description, objects }: ImportedContract): JsonObject {
  return {
    apiVersion: 'v3.1.0',
    kind: 'DataContract',
    id,
    version: '1.0.0',
    status: 'draft',
    ...(description !== null && { description: { purpose: description } }),
    schema: objects.map(({ properties, quality, ...object }) => ({
      ...object,
      logicalType: 'object',
      ...(quality.length > 0 && { quality }),
      properties: properties.map((property) => ({ ...property })),
    })),
  };
}
