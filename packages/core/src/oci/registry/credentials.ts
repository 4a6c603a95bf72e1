import { join } from 'node:path';
import { failure, shape } from '@tidegate/formats';
import { capture, homedir, readTextIfThere } from '../../platform/index.ts';

/** What a registry is logged in to with; an identity token stands for a password and is changed for short-lived ones. */
export type Credentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  | { readonly kind: 'identity-token'; readonly token: string };

type Variables = { readonly [name: string]: string | undefined };

/**
 * Finds what `docker login`, `podman login` or `skopeo login` has stored for a registry (docs of containers-auth.json(5), and Docker's config.json): in the file of REGISTRY_AUTH_FILE, else below
 * XDG_RUNTIME_DIR, DOCKER_CONFIG and `~/.docker`, or with the helper that is named there. Null when it is in none of them.
 *
 * @throws TG-IMAGE-LOGIN for a file that cannot be read, or a helper that fails
 */
export async function findCredentials(registry: string, repository: string, variables: Variables): Promise<Credentials | null> {
  for (const file of filesOf(variables)) {
    const text = await readTextIfThere(file);
    const found = text === null ? null : await findIn(readLogins(text, file), { registry, repository, variables });
    if (found !== null) return found;
  }
  return null;
}

function filesOf({
  REGISTRY_AUTH_FILE: named,
  XDG_RUNTIME_DIR: runtime,
  DOCKER_CONFIG: docker,
  HOME: home = homedir(),
}: Variables): readonly string[] {
  if (named !== undefined) return [named];
  return [
    ...(runtime === undefined ? [] : [join(runtime, 'containers/auth.json')]),
    join(home, '.config/containers/auth.json'),
    join(docker ?? join(home, '.docker'), 'config.json'),
  ];
}

const { object, optional, text: words, record } = shape;
const loginShape = object({ auth: optional(words()), identitytoken: optional(words()) }, { open: true });
const loginsShape = object(
  { auths: optional(record(loginShape)), credHelpers: optional(record(words())), credsStore: optional(words()) },
  { open: true },
);

type Logins = shape.TypeOf<typeof loginsShape>;

function readLogins(text: string, file: string): Logins {
  const refuse = (found: string): never => {
    throw failure(
      'TG-IMAGE-LOGIN',
      `Cannot read the logins of registries in "${file}": ${found}`,
      'Log in again with "docker login", "podman login" or "skopeo login"',
    );
  };
  try {
    const parsed = shape.parse(loginsShape, JSON.parse(text));
    return parsed.ok ? parsed.value : refuse(parsed.failure.map(({ message }) => message).join('; '));
  } catch (error) {
    if (error instanceof SyntaxError) return refuse('it is no JSON');
    throw error;
  }
}

interface Wanted {
  readonly registry: string;
  readonly repository: string;
  readonly variables: Variables;
}

async function findIn(
  { auths = {}, credHelpers = {}, credsStore }: Logins,
  { registry, repository, variables }: Wanted,
): Promise<Credentials | null> {
  const keys = keysOf(registry, repository);
  for (const key of keys) {
    const login = auths[key];
    if (login?.identitytoken !== undefined && login.identitytoken !== '') return { kind: 'identity-token', token: login.identitytoken };
    if (login?.auth !== undefined && login.auth !== '') return decode(login.auth, registry);
  }
  const hosts = keysOf(registry, '');
  const helper = hosts.map((key) => credHelpers[key]).find((name) => name !== undefined) ?? credsStore;
  return helper === undefined ? null : askHelper(helper, hosts[0] ?? registry, variables);
}

/** From the most special to the whole registry; Docker Hub is known under the address of its first version. */
function keysOf(registry: string, repository: string): readonly string[] {
  const parts = repository === '' ? [] : repository.split('/');
  const paths = parts.map((_, index) => `${registry}/${parts.slice(0, parts.length - index).join('/')}`);
  const whole =
    registry === 'docker.io'
      ? ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io']
      : [registry, `https://${registry}`, `http://${registry}`];
  return [...paths, ...whole];
}

function decode(auth: string, registry: string): Credentials {
  const [user = '', ...password] = Buffer.from(auth, 'base64').toString('utf8').split(':');
  if (password.length > 0) return { kind: 'password', user, password: password.join(':') };
  throw failure(
    'TG-IMAGE-LOGIN',
    `Cannot read the login of the registry "${registry}": it is no name and password`,
    `Log in again with "docker login ${registry}" or "podman login ${registry}"`,
  );
}

const helperShape = object({ Username: optional(words()), Secret: optional(words()) }, { open: true });

async function askHelper(name: string, server: string, variables: Variables): Promise<Credentials | null> {
  const program = `docker-credential-${name}`;
  const refuse = (found: string): never => {
    throw failure('TG-IMAGE-LOGIN', `Cannot log in to "${server}": ${found}`, `Run it by hand: echo ${server} | ${program} get`);
  };
  if (!/^[\w.-]+$/.test(name)) return refuse(`"${name}" is no name of a credential helper`);
  const argv = ['sh', '-c', 'printf %s "$2" | "$1" get', 'sh', program, server];
  const { code, stdout, stderr } = await capture(argv, { cwd: '/', variables, timeoutMs: 30_000 });
  if (code === 0) {
    const parsed = shape.parse(helperShape, parseJson(stdout));
    if (!parsed.ok) return refuse(`"${program}" has not answered with JSON`);
    const { Username: user = '', Secret: secret = '' } = parsed.value;
    return user === '<token>' ? { kind: 'identity-token', token: secret } : { kind: 'password', user, password: secret };
  }
  if (/not found/i.test(stdout) && code !== 127) return null; // what every helper prints of a server it does not know
  return refuse(`"${program}" ended with ${code}: ${(stderr || stdout).trim().slice(0, 200)}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
