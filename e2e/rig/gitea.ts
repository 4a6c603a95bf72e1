import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A fresh Gitea with two users: `bot`, who owns everything, and `eve`. */
export interface Gitea extends AsyncDisposable {
  /** Its address, without a slash at its end. */
  readonly url: string;
  readonly tokens: { readonly bot: string; readonly eve: string };
  /** A request to its API with somebody's token. @throws Error for an answer that is not 2xx */
  readonly ask: (who: 'bot' | 'eve', method: string, path: string, body?: unknown) => Promise<unknown>;
}

/** The program: `TIDEGATE_GITEA`, `gitea` on PATH, or one that was built into the user's cache; null when there is none. */
function findGitea(): string | null {
  const named = process.env['TIDEGATE_GITEA'];
  const cache = process.env['FORGE_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'forge-ci');
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'gitea'));
  return [...(named === undefined ? [] : [named]), ...onPath, join(cache, 'gitea')].find((path) => existsSync(path)) ?? null;
}

/** Why a test with Gitea is skipped, or false; with `TIDEGATE_REQUIRE_SERVICES=1` it never is. */
export function skipWithoutGitea(): string | false {
  if (process.env['TIDEGATE_REQUIRE_SERVICES'] === '1') return false;
  return findGitea() === null && 'there is no Gitea on this machine: name one in TIDEGATE_GITEA';
}

/** Starts a Gitea in a temporary folder, on a free port of loopback. As root it runs as `nobody`, for it refuses root. */
export async function startGitea(): Promise<Gitea> {
  const program = findGitea() ?? 'gitea';
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-gitea-'));
  const owner = process.getuid?.() === 0 ? nobody() : null;
  const [own, port] = [join(folder, 'gitea'), await freePort()];
  cpSync(program, own); // nobody may not read a home
  const parts = join(dirname(program), 'static');
  if (existsSync(parts)) cpSync(parts, join(folder, 'static'), { recursive: true });
  mkdirSync(join(folder, 'home'));
  writeFileSync(join(folder, 'app.ini'), settings(folder, port, existsSync(parts)));
  if (owner !== null) chownAll(folder, owner);
  const options = { cwd: folder, env: { PATH: process.env['PATH'], HOME: join(folder, 'home'), GITEA_WORK_DIR: folder }, ...owner };
  const run = (...argv: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(own, ['--config', join(folder, 'app.ini'), ...argv], { ...options, encoding: 'utf8' });
    if (status !== 0) throw new Error(`gitea ${argv[0]} ended with ${status}: ${stdout}${stderr}`);
    return stdout;
  };
  run('migrate');
  const tokens = { bot: userOf(run, 'bot', '--admin'), eve: userOf(run, 'eve') };
  const child = spawn(own, ['--config', join(folder, 'app.ini'), 'web'], { ...options, stdio: 'ignore' });
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  while ((await fetch(`${url}/api/v1/version`).catch(() => null))?.ok !== true) {
    if (child.exitCode !== null) throw new Error(`Gitea ended with ${child.exitCode}`);
    await delay(50);
  }
  return {
    url,
    tokens,
    ask: async (who, method, path, body) => {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { authorization: `token ${tokens[who]}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return text === '' ? null : (JSON.parse(text) as unknown);
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await Promise.race([ended, delay(10_000, undefined, { ref: false }).then(() => child.kill('SIGKILL'))]);
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function userOf(run: (...argv: readonly string[]) => string, name: string, ...more: readonly string[]): string {
  const argv = [
    '--username',
    name,
    '--random-password',
    '--email',
    `${name}@example.org`,
    '--access-token',
    '--must-change-password=false',
    ...more,
  ];
  const token = /[0-9a-f]{40}/.exec(run('admin', 'user', 'create', ...argv))?.[0];
  if (token === undefined) throw new Error(`Gitea made no token for ${name}`);
  return token;
}

function settings(folder: string, port: number, hasParts: boolean): string {
  const user = process.getuid?.() === 0 ? 'nobody' : (process.env['USER'] ?? '');
  return `${user === '' ? '' : `RUN_USER = ${user}\n`}[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = http://127.0.0.1:${port}/
DISABLE_SSH = true
OFFLINE_MODE = true
${hasParts ? `STATIC_ROOT_PATH = ${folder}/static` : ''}
[database]
DB_TYPE = sqlite3
PATH = ${folder}/gitea.db
[security]
INSTALL_LOCK = true
[service]
DISABLE_REGISTRATION = true
[cron.update_checker]
ENABLED = false
[log]
LEVEL = error
`;
}

function nobody(): { readonly uid: number; readonly gid: number } {
  const id = (flag: string): number => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}

function chownAll(folder: string, { uid, gid }: { readonly uid: number; readonly gid: number }): void {
  chownSync(folder, uid, gid);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    chownSync(join(entry.parentPath, entry.name), uid, gid);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}
