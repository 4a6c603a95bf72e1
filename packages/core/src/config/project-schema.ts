import type { JsonObject } from '@tidegate/formats';
import { projectFile } from './file/project-file.ts';

/**
 * JSON Schema (draft 2020-12) of `tidegate.yaml`, for editors to complete and check it: the same shapes that check the file.
 * `docs/reference/tidegate.schema.json` holds it. What only the whole file shows (names that nothing has) it cannot say.
 */
export function projectSchema(): JsonObject {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:tidegate:schema:project:1',
    title: 'tidegate.yaml',
    ...projectFile.schema,
  };
}
