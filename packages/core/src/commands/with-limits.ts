import type { Isolation } from '../pipeline/index.ts';

/** `ulimit -f` counts in units of 512 bytes (POSIX). */
const unit = 512;

/** The command with its declared limits on open files, size of files and processes, set by the shell that starts it. */
export function withLimits(argv: readonly string[], limits: Isolation['limits'] | undefined): readonly string[] {
  const { openFiles = null, fileBytes = null, processes = null } = limits ?? {};
  const settings = [
    ...(openFiles === null ? [] : [`ulimit -n ${openFiles}`]),
    ...(fileBytes === null ? [] : [`ulimit -f ${Math.ceil(fileBytes / unit)}`]),
    // bash says -u, dash -p; root is not bound by it, which is why they are counted as well
    ...(processes === null ? [] : [`{ ulimit -u ${processes} || ulimit -p ${processes}; } 2>/dev/null`]),
  ];
  return settings.length === 0 ? argv : ['/bin/sh', '-c', `${settings.join(' && ')} && exec "$@"`, 'sh', ...argv];
}
