/** The calls that change what is on a disk, as Node and SQLite make them on Linux. */
export const namedCalls = [
  ...(['rename', 'renameat', 'renameat2', 'fsync', 'fdatasync', 'write', 'pwrite64', 'writev', 'pwritev', 'unlink', 'unlinkat'] as const),
  ...(['link', 'linkat', 'symlink', 'mkdir', 'mkdirat', 'rmdir', 'openat', 'ftruncate', 'fallocate', 'copy_file_range'] as const),
  ...(['sendfile', 'chmod', 'fchmod'] as const),
] as const;
export type CallName = (typeof namedCalls)[number];

/** Where Node makes file operations: in its main thread, or in a thread of its pool. */
export type Thread = 'main' | 'pool';

export interface SystemCall {
  readonly thread: Thread;
  readonly call: CallName;
  /** Its number among the calls of this name in its thread, from 1. */
  readonly nth: number;
  readonly arguments: string;
}

/** A call at which a fault can be injected, with the path that it is on, names that differ from run to run made equal. */
export interface FaultPoint extends Omit<SystemCall, 'arguments'> {
  readonly path: string;
}

/** Reads what `strace -y -o FILE -p …` has written; with several threads a line has the number of its own in front. */
export function systemCallsIn(trace: string, threadNumbered: (id: number | null) => Thread): readonly SystemCall[] {
  const counts = new Map<string, number>();
  return trace.split('\n').flatMap((line) => {
    const match = /^(?:(\d+) +)?([a-z0-9_]+)\((.*)$/.exec(line);
    const call = namedCalls.find((name) => name === match?.[2]);
    if (match === null || call === undefined) return [];
    const thread = threadNumbered(match[1] === undefined ? null : Number(match[1]));
    const nth = (counts.get(`${thread} ${call}`) ?? 0) + 1;
    counts.set(`${thread} ${call}`, nth);
    return [{ thread, call, nth, arguments: match[3] ?? '' }];
  });
}

/** The calls that change something below one of the folders. */
export function faultPointsIn(calls: readonly SystemCall[], folder: string): readonly FaultPoint[] {
  return calls.flatMap((call) => {
    const path = pathBelow(call, folder);
    return path === null ? [] : [{ thread: call.thread, call: call.call, nth: call.nth, path }];
  });
}

/** The last path below the folder that the call names: of a renaming that is the new name. Null when it changes nothing there. */
export function pathBelow({ call, arguments: text }: SystemCall, folder: string): string | null {
  if (call === 'openat' && !text.includes('O_CREAT')) return null;
  const paths = [...text.replace(/AT_FDCWD<[^>]*>/g, '').matchAll(/["<](\/[^">]*)[">]/g)].flatMap(([, path = '']) =>
    path.startsWith(`${folder}/`) ? [path] : [],
  );
  const path = paths.at(-1);
  return path === undefined ? null : withoutChance(path.slice(folder.length + 1));
}

function withoutChance(path: string): string {
  return path
    .replace(/\.tmp-\d+-[0-9a-f]+/g, '.tmp')
    .replace(/r-\d{8}-\d{6}-[0-9a-f]+/g, 'RUN')
    .replace(/\(deleted\)/g, '');
}
