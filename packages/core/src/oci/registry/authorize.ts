import { failure } from '@tidegate/formats';
import { type HttpExchange, wholeAnswer } from '../../platform/index.ts';
import { type Challenge, readChallenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';

/** Proves to one registry who asks, for one repository and what is to be done there. */
export interface Authorizer {
  /** What to ask with now; null before the registry has said what it wants. */
  readonly header: () => Promise<string | null>;
  /** What it wants by its `WWW-Authenticate`. @throws TG-IMAGE-LOGIN */
  readonly answer: (challenge: string) => Promise<string>;
}

export interface AuthorizerOptions {
  readonly exchange: HttpExchange;
  readonly registry: string;
  readonly url: string;
  /** `repository:NAME:pull,push`: the token specification of the distribution project. */
  readonly scope: string;
  readonly credentials: () => Promise<Credentials | null>;
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
}

interface Token {
  readonly header: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

const longestToken = 1 << 20;

export function authorizer(options: AuthorizerOptions): Authorizer {
  let held: Token | null = null;
  let known: Challenge | null = null;
  const renew = async (): Promise<string> => {
    held = known === null ? null : await tokenFor(known, options);
    return held?.header ?? '';
  };
  return {
    header: async () => (known === null ? null : held !== null && held.until > options.now() ? held.header : renew()),
    answer: async (challenge) => {
      known = readChallenge(challenge);
      if (known !== null) return renew();
      throw failure(
        'TG-IMAGE-LOGIN',
        `Cannot log in to the registry "${options.registry}": it asks for neither a name and password nor a token`,
        'Log in to it with its own tool, or name another registry',
      );
    },
  };
}

async function tokenFor(challenge: Challenge, options: AuthorizerOptions): Promise<Token> {
  const credentials = await options.credentials();
  if (challenge.scheme === 'bearer') return askForToken(challenge, credentials, options);
  if (credentials?.kind === 'password') return { header: basic(credentials), until: Number.POSITIVE_INFINITY };
  throw failure(
    'TG-IMAGE-LOGIN',
    `Cannot log in to the registry "${options.registry}": it wants a name and a password, and none is stored`,
    `Log in with "docker login ${options.registry}", "podman login ${options.registry}" or "skopeo login ${options.registry}"`,
  );
}

function basic({ user, password }: { readonly user: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

type Bearer = Challenge & { readonly scheme: 'bearer' };

async function askForToken({ realm, service, scope }: Bearer, credentials: Credentials | null, options: AuthorizerOptions): Promise<Token> {
  const { exchange, registry, signal } = options;
  const refuse = (found: string): never => {
    throw failure(
      'TG-IMAGE-LOGIN',
      `Cannot log in to the registry "${registry}": ${found}`,
      `Log in with "docker login ${registry}", "podman login ${registry}" or "skopeo login ${registry}"`,
    );
  };
  const place = URL.parse(realm) ?? refuse(`it sends for a token to "${realm}", which is no address`);
  if (place.protocol !== 'https:' && new URL(options.url).protocol === 'https:')
    return refuse(`it sends for a token to "${place.origin}", which has no TLS`);
  const fields = { ...(service !== null && { service }), scope: scope ?? options.scope };
  const exchanged = credentials?.kind === 'identity-token';
  if (!exchanged) for (const [name, value] of Object.entries(fields)) place.searchParams.append(name, value);
  const form = exchanged
    ? new URLSearchParams({ grant_type: 'refresh_token', client_id: 'tidegate', refresh_token: credentials.token, ...fields })
    : null;
  const { status, body } = await exchange.ask({
    url: place.href,
    method: form === null ? 'GET' : 'POST',
    headers: {
      ...(form !== null && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...(credentials?.kind === 'password' && { authorization: basic(credentials) }),
    },
    body: form === null ? null : Buffer.from(form.toString()),
    signal,
  });
  const text = (await wholeAnswer(body, longestToken)).toString('utf8');
  if (status !== 200)
    return refuse(`"${place.origin}" gives no token (status ${status})${credentials === null ? ', and no login is stored' : ''}`);
  return readToken(text, options.now()) ?? refuse(`"${place.origin}" has answered without a token`);
}

/** `token` or `access_token`, and for how many seconds it counts: 60 where nothing is said. It is renewed a little before. */
function readToken(text: string, now: number): Token | null {
  try {
    const { token, access_token: other, expires_in: seconds } = JSON.parse(text) as { readonly [name: string]: unknown };
    const found = typeof token === 'string' && token !== '' ? token : other;
    if (typeof found !== 'string' || found === '') return null;
    const counts = typeof seconds === 'number' && seconds > 0 ? seconds : 60;
    return { header: `Bearer ${found}`, until: now + counts * 900 };
  } catch {
    return null;
  }
}
