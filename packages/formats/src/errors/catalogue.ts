import { ciErrors } from './ci.ts';
import { cliErrors } from './cli.ts';
import { commandsErrors } from './commands.ts';
import { configErrors } from './config.ts';
import { dataErrors } from './data.ts';
import { deployErrors } from './deploy.ts';
import type { ErrorEntry } from './entry.ts';
import { featuresErrors } from './features.ts';
import { hooksErrors } from './hooks.ts';
import { imageErrors } from './image.ts';
import { loopErrors } from './loop.ts';
import { modelsErrors } from './models.ts';
import { pipelineErrors } from './pipeline.ts';
import { scoreErrors } from './score.ts';
import { secretsErrors } from './secrets.ts';
import { servingErrors } from './serving.ts';
import { sourceErrors } from './source.ts';
import { storeErrors } from './store.ts';

/** Every error code of Tidegate, by area; the area is the code's first part: `TG-CONFIG-…`, `TG-DATA-…`. */
export const errorCatalogue = {
  ...cliErrors,
  ...ciErrors,
  ...commandsErrors,
  ...configErrors,
  ...storeErrors,
  ...pipelineErrors,
  ...secretsErrors,
  ...dataErrors,
  ...sourceErrors,
  ...featuresErrors,
  ...modelsErrors,
  ...scoreErrors,
  ...servingErrors,
  ...imageErrors,
  ...deployErrors,
  ...loopErrors,
  ...hooksErrors,
} as const;

export type ErrorCode = keyof typeof errorCatalogue;

export function errorEntry(code: ErrorCode): ErrorEntry {
  return errorCatalogue[code];
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCatalogue, text);
}
