import { relative } from 'node:path';
import { TidegateError } from '@tidegate/formats';

/** What is told of a file or a folder that this user may not read; any other error as it is. */
export function unreadableInput(root: string, error: unknown): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  if ((code !== 'EACCES' && code !== 'EPERM') || path === undefined) return error;
  const own = relative(root, path);
  const shown = own === '' || own.startsWith('..') ? path : own;
  const message = `Cannot read the input "${shown}": you may not read it (${code})`;
  const hint = `Allow it: chmod u+rX ${JSON.stringify(shown)}; or leave it out of what "from" or "in" names`;
  return new TidegateError([{ code: 'TG-PIPELINE-INPUT-UNREADABLE', message, hint, place: null }]);
}
