import { join } from 'node:path';
import {
  chmod,
  identityOf,
  isRunning,
  mkdir,
  open,
  type ProcessIdentity,
  type Random,
  readTextIfThere,
  rename,
  temporaryBeside,
  writeFileAtomically,
} from '../platform/index.ts';
import type { Project } from '../project/index.ts';

/** Where `tidegate up` of a project keeps what is its own: `TIDEGATE_HOME/up/PROJECT`. */
export interface UpFolder {
  readonly path: string;
  /** Held by the process that is at work. */
  readonly lock: string;
  /** Who that is: {@link UpOwner}. */
  readonly owner: string;
  readonly token: string;
  readonly port: string;
  readonly log: string;
}

export function upFolder({ home, name }: Pick<Project, 'home' | 'name'>): UpFolder {
  const path = join(home.root, 'up', name);
  const at = (file: string): string => join(path, file);
  return { path, lock: at('lock'), owner: at('owner.json'), token: at('token'), port: at('port'), log: at('up.log') };
}

/** The process that watches a project. */
export interface UpOwner extends ProcessIdentity {
  /** `http://127.0.0.1:PORT`; null for one that serves no page. */
  readonly address: string | null;
  /** File with the token that writes need. */
  readonly token: string;
  /** ISO 8601, UTC. */
  readonly since: string;
}

/** Who watches the project now; null when nobody does: one that was killed does not. */
export async function upOwner(project: Pick<Project, 'home' | 'name'>): Promise<UpOwner | null> {
  const text = await readTextIfThere(upFolder(project).owner);
  const owner = text === null ? null : ownerIn(text);
  return owner !== null && isRunning(owner) ? owner : null;
}

function ownerIn(text: string): UpOwner | null {
  try {
    return JSON.parse(text) as UpOwner;
  } catch {
    return null;
  }
}

export async function writeOwner(folder: UpFolder, owner: Pick<UpOwner, 'address' | 'since'>): Promise<void> {
  const identity = identityOf(process.pid) ?? { pid: process.pid, startedAt: '', boot: '' };
  const whole: UpOwner = { ...identity, ...owner, token: folder.token };
  await writeFileAtomically(folder.owner, `${JSON.stringify(whole)}\n`);
}

/** The token that writes need; made the first time, readable by this user only. */
export async function tokenIn({ path, token: file }: UpFolder, random: Random): Promise<string> {
  const known = (await readTextIfThere(file))?.trim();
  if (known !== undefined && known.length >= 32) {
    await chmod(file, 0o600); // a copy of the home may have lost it
    return known;
  }
  await mkdir(path, { recursive: true });
  const token = random.hex(32);
  const temporary = temporaryBeside(file);
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(`${token}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  return token;
}

/** The port of the last time; 0 when there was none. */
export async function rememberedPort({ port }: UpFolder): Promise<number> {
  const number = Number((await readTextIfThere(port))?.trim());
  return Number.isInteger(number) && number > 0 && number < 65_536 ? number : 0;
}

export async function rememberPort({ port: file }: UpFolder, port: number): Promise<void> {
  await writeFileAtomically(file, `${port}\n`);
}
