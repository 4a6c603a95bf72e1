import type { Isolation } from '../pipeline/index.ts';

/** `ulimit -f` counts in units of 512 bytes (POSIX). */
const unit = 512;

/**
 * The system counts all processes of a user, here and elsewhere, and forks beyond its limit fail without anybody being told. So those of a step are
 * counted by whoever waits for it, and the system's limit is only for a step that is quicker than that.
 */
const farBeyond = 4_096;

/** The command with its declared limits on open files, size of files and processes, set by the shell that starts it. */
export function withLimits(argv: readonly string[], limits: Isolation['limits'] | undefined): readonly string[] {
  const { openFiles = null, fileBytes = null, processes = null } = limits ?? {};
  const settings = [
    ...(openFiles === null ? [] : [`ulimit -n ${openFiles}`]),
    ...(fileBytes === null ? [] : [`ulimit -f ${Math.ceil(fileBytes / unit)}`]),
    // bash says -u, dash -p; where the user may have fewer anyway neither can be set
    ...(processes === null ? [] : [`{ ulimit -u ${processes + farBeyond} || ulimit -p ${processes + farBeyond} || :; } 2>/dev/null`]),
  ];
  return settings.length === 0 ? argv : ['/bin/sh', '-c', `${settings.join(' && ')} && exec "$@"`, 'sh', ...argv];
}
