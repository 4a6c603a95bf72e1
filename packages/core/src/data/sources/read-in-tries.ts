import { join } from 'node:path';
import { mkdir } from '../../platform/index.ts';
import type { ReadRequest, SourceReading } from './source.ts';
import { tryAgain } from './try-again.ts';

/** Reads again what broke off for a reason that passes by itself, each time into a folder of its own. @throws what the last try threw */
export async function readInTries<Request extends ReadRequest>(
  request: Request,
  isTransient: (error: unknown) => boolean,
  read: (request: Request) => Promise<SourceReading>,
): Promise<SourceReading> {
  const { signal } = request;
  signal.throwIfAborted();
  return tryAgain(
    async (attempt) => {
      const folder = join(request.folder, `try-${attempt}`);
      await mkdir(folder);
      return read({ ...request, folder });
    },
    { isTransient, signal },
  );
}
