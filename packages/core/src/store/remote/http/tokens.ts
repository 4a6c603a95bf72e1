import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { dirname } from 'node:path';
import { failure, isZone, type Zone } from '@tidegate/formats';
import { mkdir, readTextIfThere, stat, writeFileAtomically } from '../../../platform/index.ts';

/** One token as its file has it: what it is for, and the SHA-256 of the token, which itself is nowhere. */
interface KnownToken {
  readonly zone: Zone;
  readonly name: string;
  readonly hash: Buffer;
}

export interface Tokens {
  /** The zone of whoever sends this token; null for one that is not known. Takes the same time whichever it is. */
  readonly zoneOf: (token: string) => Promise<Zone | null>;
}

/** Opens a file of tokens, which is read again when it changes: a line that is taken out counts no more. @throws TG-STORE-REMOTE-TOKENS */
export async function openTokens(path: string): Promise<Tokens> {
  let [known, stamp] = await load(path);
  return {
    zoneOf: async (token) => {
      const now = await stampOf(path);
      if (now !== stamp) [known, stamp] = await load(path).catch((): [readonly KnownToken[], string] => [[], now]); // closed, while it is wrong
      const hash = hashOf(token);
      let zone: Zone | null = null;
      for (const one of known) if (timingSafeEqual(one.hash, hash)) zone = one.zone;
      return zone;
    },
  };
}

/** Whether there is a file of tokens, whatever is in it. */
export async function hasTokens(path: string): Promise<boolean> {
  return (await stampOf(path)) !== '';
}

/** Makes a token and adds its line. @returns the token, which is kept nowhere. @throws TG-STORE-REMOTE-TOKENS for a file that is none */
export async function addToken(path: string, { zone, name }: { readonly zone: Zone; readonly name: string }): Promise<string> {
  const text =
    (await readTextIfThere(path)) ?? '# Tokens of a remote: zone, name, SHA-256. Take a line out, and its token counts no more.\n';
  parseTokens(text, path);
  if (!/^[A-Za-z0-9._-]+$/.test(name))
    throw failure('TG-STORE-REMOTE-TOKENS', `Cannot name a token "${name}"`, 'Name it with letters, digits, ".", "_" and "-"');
  const token = randomBytes(32).toString('base64url');
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomically(path, `${text}${zone} ${name} sha256:${hashOf(token).toString('hex')}\n`);
  return token;
}

async function load(path: string): Promise<[readonly KnownToken[], string]> {
  const stamp = await stampOf(path);
  const text = await readTextIfThere(path);
  if (text !== null) return [parseTokens(text, path), stamp];
  throw failure(
    'TG-STORE-REMOTE-TOKENS',
    `Cannot read the tokens in "${path}": there is no such file`,
    `Make one: tidegate remote token main --tokens ${path}`,
  );
}

function parseTokens(text: string, path: string): readonly KnownToken[] {
  return text.split('\n').flatMap((line, index): readonly KnownToken[] => {
    if (/^\s*(?:#.*)?$/.test(line)) return [];
    const [, zone = '', name = '', hex = ''] = /^\s*([a-z]+)\s+([A-Za-z0-9._-]+)\s+sha256:([0-9a-f]{64})\s*$/.exec(line) ?? [];
    if (isZone(zone)) return [{ zone, name, hash: Buffer.from(hex, 'hex') }];
    throw failure(
      'TG-STORE-REMOTE-TOKENS',
      `Cannot read the tokens in "${path}": line ${index + 1} is no "ZONE NAME sha256:…"`,
      `Take the line out, and make a token: tidegate remote token main --tokens ${path}`,
    );
  });
}

async function stampOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  return found === null ? '' : `${found.mtimeMs} ${found.size} ${found.ino}`;
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
