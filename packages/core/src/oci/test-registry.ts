import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A real registry on a free port of loopback. */
export interface TestRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
}

/** How a registry wants to be asked. */
export type RegistryAuth = 'none' | 'basic' | 'token';

/** Who may do anything in a registry with `basic` or `token`. */
export const login = { user: 'robot', password: 'a secret: with a colon' } as const;

/** Why a test that needs a program is skipped, or false; with `TIDEGATE_REQUIRE_SERVICES=1` it never is. */
export function skipWithoutProgram(name: string): string | false {
  if (process.env['TIDEGATE_REQUIRE_SERVICES'] === '1' || findProgram(name) !== null) return false;
  return `"${name}" is not on this machine`;
}

/** On PATH, or where those are that were built for tests. */
export function findProgram(name: string): string | null {
  const cache = process.env['TIDEGATE_CI_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tidegate-ci');
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(cache, 'bin')];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** Debian's `docker-registry`: distribution 2.8, which knows nothing of referrers. */
export async function startDockerRegistry(auth: RegistryAuth = 'none'): Promise<TestRegistry> {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-registry-'));
  const port = await freePort();
  const issuer = auth === 'token' ? await startTokenIssuer(root) : null;
  const lines = [
    'version: 0.1',
    `storage: { filesystem: { rootdirectory: ${root}/data } }`,
    `http: { addr: "127.0.0.1:${port}", secret: of-a-test }`,
    ...(auth === 'basic' ? [`auth: { htpasswd: { realm: test, path: ${passwordFile(root)} } }`] : []),
    ...(issuer === null
      ? []
      : [`auth: { token: { realm: "${issuer.realm}", service: registry, issuer: of-a-test, rootcertbundle: ${root}/issuer.pem } }`]),
  ];
  writeFileSync(join(root, 'config.yml'), `${lines.join('\n')}\n`);
  const child = spawn(findProgram('docker-registry') ?? 'docker-registry', ['serve', join(root, 'config.yml')], {
    stdio: 'ignore',
    cwd: root,
  });
  return running(child, port, () => {
    issuer?.server.close();
    rmSync(root, { recursive: true, force: true });
  });
}

/** go-containerregistry's `crane registry serve`, which keeps lists of referrers: distribution-spec 1.1. */
export async function startCraneRegistry(): Promise<TestRegistry> {
  const port = await freePort();
  const child = spawn(findProgram('crane') ?? 'crane', ['registry', 'serve', '--address', `127.0.0.1:${port}`], { stdio: 'ignore' });
  return running(child, port, () => {});
}

async function running(child: ChildProcess, port: number, clean: () => void): Promise<TestRegistry> {
  const host = `127.0.0.1:${port}`;
  await answering(child, host);
  return {
    host,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      clean();
    },
  };
}

async function answering(child: ChildProcess, host: string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The registry ended with ${child.exitCode}`);
    if (
      await fetch(`http://${host}/v2/`).then(
        () => true,
        () => false,
      )
    )
      return;
    await delay(20);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createSocketServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** The registry takes bcrypt only, which Python's crypt makes with the system's library. */
function passwordFile(root: string): string {
  const program = 'import crypt, sys; print(sys.argv[1] + ":" + crypt.crypt(sys.argv[2], crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16)))';
  writeFileSync(join(root, 'htpasswd'), execFileSync('python3', ['-W', 'ignore', '-c', program, login.user, login.password]));
  return join(root, 'htpasswd');
}

interface TokenIssuer {
  readonly realm: string;
  readonly server: Server;
}

/** Gives whoever has the password a token for what it asks for, signed, as the registry checks it. */
async function startTokenIssuer(root: string): Promise<TokenIssuer> {
  const [key, certificate] = [join(root, 'issuer.key'), join(root, 'issuer.pem')];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-subj', '/CN=of-a-test', '-days', '1'],
    { stdio: 'ignore' },
  );
  const wanted = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    if (request.headers.authorization !== wanted) return void response.writeHead(401).end();
    const query = new URL(request.url ?? '', 'http://issuer').searchParams;
    const token = tokenFor(query.getAll('scope'), readFileSync(key, 'utf8'), readFileSync(certificate, 'utf8'));
    return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token, expires_in: 300 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { realm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, server };
}

function tokenFor(scopes: readonly string[], key: string, certificate: string): string {
  const now = Math.floor(Date.now() / 1000);
  const access = scopes.map((scope) => {
    const [type = '', name = '', actions = ''] = scope.split(':');
    return { type, name, actions: actions.split(',') };
  });
  const header = { typ: 'JWT', alg: 'RS256', x5c: [new X509Certificate(certificate).raw.toString('base64')] };
  const claims = { iss: 'of-a-test', sub: login.user, aud: 'registry', exp: now + 300, nbf: now - 10, iat: now, jti: randomUUID(), access };
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), createPrivateKey(key)).toString('base64url')}`;
}
