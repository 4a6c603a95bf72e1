import { join } from 'node:path';
import { exists, homedir, readTextIfThere, writeFileAtomically } from '../platform/index.ts';
import type { Project } from '../project/index.ts';

export interface UnitRequest {
  /** Absolute paths of the program and the words after it, without those of `up`. */
  readonly program: readonly string[];
  /** Words after `up`. */
  readonly options: readonly string[];
}

export interface InstalledUnit {
  readonly path: string;
  /** `tidegate-up-PROJECT.service` */
  readonly name: string;
  /** Whether the file was written; false when it says the same already. */
  readonly written: boolean;
  /** Whether systemd is the init of this machine. */
  readonly hasSystemd: boolean;
}

/** Writes the unit that lets systemd of this user keep `tidegate up` running; enables and starts nothing. */
export async function installUnit(project: Project, request: UnitRequest): Promise<InstalledUnit> {
  const name = `tidegate-up-${project.name}.service`;
  const path = join(unitFolder(project), name);
  const text = unitText(project, request);
  const written = (await readTextIfThere(path)) !== text;
  if (written) await writeFileAtomically(path, text);
  return { path, name, written, hasSystemd: await exists('/run/systemd/system') };
}

/** Where systemd looks for units of a user (systemd.unit(5), "User Unit Search Path"). */
function unitFolder({ platform }: Project): string {
  const { XDG_CONFIG_HOME: config } = platform.variables;
  return join(config !== undefined && config !== '' ? config : join(homedir(), '.config'), 'systemd/user');
}

/** Variables that change what a run does, taken over from the shell that installs; none that may hold a secret, as that of a proxy may. */
const kept = ['PATH', 'TIDEGATE_VIRTUAL_ENVIRONMENTS', 'LANG', 'LC_ALL', 'SSL_CERT_FILE'];

/**
 * A restart after a crash goes on where it stopped, so it is safe. What is deployed belongs to supervisors of its own, which a stop of the
 * unit must leave running: `KillMode=process`. Of the hardening, nothing that needs a namespace: a user's systemd often may make none.
 */
function unitText({ name, root, home, platform }: Project, { program, options }: UnitRequest): string {
  const variables = Object.entries({ TIDEGATE_HOME: home.root, ...Object.fromEntries(kept.map((key) => [key, platform.variables[key]])) });
  return `# Written by "tidegate up --install"; it writes it anew.
[Unit]
Description=Tidegate: takes every change of ${literal(name)} to its goal

[Service]
Type=exec
ExecStart=${[...program, 'up', ...options].map(word).join(' ')}
WorkingDirectory=${literal(root)}
${variables.flatMap(([key, value]) => (value === undefined || value === '' ? [] : [`Environment=${assignment(`${key}=${value}`)}`])).join('\n')}
Restart=on-failure
RestartSec=5
KillMode=process
KillSignal=SIGTERM
TimeoutStopSec=60
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK

[Install]
WantedBy=default.target
`;
}

/** One word of a command line: quoted, specifiers and variables of systemd's taken as they are (systemd.service(5), "Command Lines"). */
function word(text: string): string {
  return assignment(text).replaceAll('$', '$$$$');
}

/** A quoted value in which `$` means nothing (systemd.exec(5), "Environment="). */
function assignment(text: string): string {
  const plain = literal(text);
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text)
    ? plain
    : `"${plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** Without the specifiers of systemd.unit(5). */
function literal(text: string): string {
  return text.replaceAll('%', '%%');
}
