import type { Json, shape } from '@tidegate/formats';
import v302 from './odcs-v3.0.2.json' with { type: 'json' };
import v310 from './odcs-v3.1.0.json' with { type: 'json' };
import { schemaProblems } from './json-schema.ts';
import type { Schema } from './schema-names.ts';

/** Versions of the standard that are read, the newest first. */
export const standardVersions = ['v3.1.0', 'v3.0.2', 'v3.0.1', 'v3.0.0'] as const;
export type StandardVersion = (typeof standardVersions)[number];

/** The official schema of each: that of v3.0.2 allows what v3.0.0 and v3.0.1 do, and more. */
export const standardSchemas: Readonly<Record<StandardVersion, Schema>> = {
  'v3.1.0': v310,
  'v3.0.2': v302,
  'v3.0.1': v302,
  'v3.0.0': v302,
};

/**
 * What the official schema of a version has against a document. One for v3.0 may also be what v3.1.0 allows: the standard's own examples are. Of both the one that has
 * less against it counts.
 */
export function standardMistakes(version: StandardVersion, document: Json): readonly shape.Problem[] {
  const found = schemaProblems(standardSchemas[version], document);
  if (found.length === 0 || version === 'v3.1.0') return found;
  const ofNewest = schemaProblems(standardSchemas['v3.1.0'], document);
  return ofNewest.length < found.length ? ofNewest : found;
}
