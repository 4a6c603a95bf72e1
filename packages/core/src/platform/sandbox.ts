import { existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { capture } from './capture.ts';

/** What a command sees and may write; everything else of the machine is not there for it. */
export interface Sandbox {
  /** The program `bwrap`. */
  readonly program: string;
  /** Folder that it works in and may write, seen as {@link sandboxWorkspace}. */
  readonly workspace: string;
  /** Folder for what it does not declare, seen as {@link sandboxScratch}. */
  readonly scratch: string;
  /** What is seen besides the system's programs, at the same place, and may not be written. */
  readonly shown: readonly Shown[];
  /** Paths in the workspace that may not be written. */
  readonly sealed: readonly string[];
  /** Whether it has the machine's network; else it has a loopback of its own and nothing more. */
  readonly network: boolean;
}

/** A file or folder of the machine, or a link made anew because only what it leads to is shown. */
export type Shown =
  { readonly kind: 'path'; readonly path: string } | { readonly kind: 'link'; readonly path: string; readonly target: string };

/** Where a command finds its workspace: the same in every run, so that a path that gets into an output is the same too. */
export const sandboxWorkspace = '/workspace';
/** Home folder and place for temporary files. */
export const sandboxScratch = '/tmp';

/** Folders of the system's own programs. Nothing of a user is in them. */
export const systemFolders = ['/usr', '/opt', '/nix'];
const systemLinks = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
/** Of /etc what programs look up: users' names, fonts, certificates, settings of languages. No key and no password is among them. */
const systemSettings = [
  'alternatives',
  'ca-certificates',
  'fonts',
  'group',
  'hosts',
  'ld.so.cache',
  'localtime',
  'magic',
  'mime.types',
  'nsswitch.conf',
  'os-release',
  'passwd',
  'pki/tls/certs',
  'R',
  'ssl/certs',
  'ssl/openssl.cnf',
];
const networkSettings = ['gai.conf', 'host.conf', 'resolv.conf', 'services', 'protocols'];

/**
 * The command line that runs a command in the sandbox, by bubblewrap: namespaces of its own for files, processes, network, host name and
 * users, no capability, ended with the process that started it. `bwrap` itself ends with the exit code of the command, 128 + n where
 * signal n ended it.
 */
export function sandboxed(argv: readonly string[], sandbox: Sandbox): readonly string[] {
  const { program, workspace, scratch, shown, sealed, network } = sandbox;
  const namespaces = ['--unshare-all', ...(network ? ['--share-net'] : []), '--die-with-parent', '--new-session', '--cap-drop', 'ALL'];
  const own = ['--bind', scratch, sandboxScratch, '--symlink', sandboxScratch, '/var/tmp', '--dir', '/run'];
  const sealings = sealed.flatMap((path) => ['--ro-bind-try', `${workspace}/${path}`, `${sandboxWorkspace}/${path}`]);
  const room = ['--bind', workspace, sandboxWorkspace, ...sealings, '--remount-ro', '/', '--chdir', sandboxWorkspace];
  const machine = ['--hostname', 'tidegate', '--proc', '/proc', '--dev', '/dev', ...system(network)];
  return [program, ...namespaces, ...machine, ...own, ...shown.flatMap(mounted), ...room, '--', ...argv];
}

function mounted(one: Shown): readonly string[] {
  return one.kind === 'path' ? readOnly(one.path) : ['--symlink', one.target, one.path];
}

/** Whether a sandbox can be made here. @returns null when it can, else what stands against it */
export async function sandboxFault(program: string): Promise<string | null> {
  if (process.platform !== 'linux') return 'bubblewrap is for Linux';
  const tried = { program, workspace: '/usr', scratch: '/usr', shown: [], sealed: [], network: false };
  const { code, stderr } = await capture(sandboxed(['/bin/sh', '-c', ':'], tried), { cwd: '/', timeoutMs: 10_000 });
  return code === 0 ? null : (stderr.trim().split('\n').at(-1) ?? '') || `"${program}" ended with ${code}`;
}

let found: { readonly always: readonly string[]; readonly withNetwork: readonly string[] } | null = null;

/** What of the system is shown; looked for once in the life of this process. */
function system(network: boolean): readonly string[] {
  found ??= {
    always: [
      ...systemFolders.filter(existsSync).flatMap(readOnly),
      ...systemLinks.flatMap(linkOrFolder),
      ...systemSettings.flatMap(setting),
      // how many processors and what memory there is, which numerical libraries ask for
      ...['/sys/devices/system'].filter(existsSync).flatMap(readOnly),
      ...accelerators(),
    ],
    withNetwork: networkSettings.flatMap(setting),
  };
  return network ? [...found.always, ...found.withNetwork] : found.always;
}

const readOnly = (path: string): readonly string[] => ['--ro-bind', path, path];
const setting = (name: string): readonly string[] => (existsSync(`/etc/${name}`) ? readOnly(`/etc/${name}`) : []);

/** `/bin` is a link to `usr/bin` on most systems. */
function linkOrFolder(path: string): readonly string[] {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  return stat.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : readOnly(path);
}

/** Devices of NVIDIA and AMD, and what their libraries read of /sys. */
function accelerators(): readonly string[] {
  const devices = readdirSync('/dev').filter((name) => /^(nvidia.*|kfd|dri)$/.test(name));
  if (devices.length === 0) return [];
  return [...devices.flatMap((name) => ['--dev-bind', `/dev/${name}`, `/dev/${name}`]), ...readOnly('/sys')];
}
