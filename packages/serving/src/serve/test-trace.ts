/** What strace must watch for {@link strayCalls}. */
export const tracedCalls =
  'network,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,link,linkat,symlink,symlinkat,truncate';

/**
 * The calls of a trace (strace -f) that changed a file, or spoke to an address that is not of this machine.
 * A call that failed changed nothing; /dev/null, terminals and a process's order of ending when memory is short are no files. Where folders are given, files below them may change,
 * and so may those that are named from the working folder: the trace must have `chdir` then, and it must stay below as well.
 */
export function strayCalls(trace: string, below: readonly string[] = []): readonly string[] {
  return trace.split('\n').filter((line) => (changesFile(line) && !staysBelow(line, below)) || leavesMachine(line));
}

/** Whether every path of a call is below a folder. The end of a call that another one interrupted names none: its beginning does. */
function staysBelow(line: string, folders: readonly string[]): boolean {
  if (folders.length === 0) return false;
  if (/<\.\.\. \w+ resumed>/.test(line)) return true;
  const paths = [...line.matchAll(/(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"([^"]*)"/g)].map(([, folder, path = '']) =>
    path.startsWith('/') || folder === undefined ? path : `${folder}/${path}`,
  );
  return paths.every((path) => !path.startsWith('/') || folders.some((folder) => path === folder || path.startsWith(`${folder}/`)));
}

function changesFile(line: string): boolean {
  if (/ = -1 E[A-Z]+ /.test(line) || /"\/dev\/(null|tty)"|"\/proc\/\d+\/oom_score_adj"/.test(line)) return false;
  if (/\b(open|openat)\(/.test(line)) return /O_(WRONLY|RDWR|CREAT|TRUNC)/.test(line);
  return /\b(chdir|creat|mkdir|mkdirat|rename|renameat|renameat2|unlink|unlinkat|link|linkat|symlink|symlinkat|truncate)\(/.test(line);
}

function leavesMachine(line: string): boolean {
  const socket = /\bsocket\(AF_(\w+)/.exec(line)?.[1];
  if (socket !== undefined) return !['UNIX', 'INET', 'INET6'].includes(socket);
  const addresses = [...line.matchAll(/inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"/g)].map((match) => match[1] ?? match[2] ?? '');
  return addresses.some((address) => !address.startsWith('127.') && address !== '::1');
}
