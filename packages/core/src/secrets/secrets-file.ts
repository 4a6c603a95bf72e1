import { resolve } from 'node:path';
import { failure } from '@tidegate/formats';
import { readFile, stat } from '../platform/index.ts';

/**
 * Secrets of a file with `NAME=value` lines, read when the first is asked for.
 *
 * @param path undefined or empty: there is no file
 * @param root what the path is relative to
 * @returns asks for one; null when the file has none of that name. @throws TG-SECRETS-FILE
 */
export function secretsFromFile(path: string | undefined, root: string): (name: string) => Promise<string | null> {
  if (path === undefined || path === '') return async () => null;
  let read: Promise<ReadonlyMap<string, string>> | null = null;
  return async (name) => {
    read ??= readSecrets(resolve(root, path));
    return (await read).get(name) ?? null;
  };
}

async function readSecrets(path: string): Promise<ReadonlyMap<string, string>> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile())
    throw failure(
      'TG-SECRETS-FILE',
      `Cannot read the secrets in "${path}": there is no such file`,
      'Make it, or correct TIDEGATE_SECRETS_FILE',
    );
  if ((found.mode & 0o077) !== 0)
    throw failure('TG-SECRETS-FILE', `Cannot use the secrets in "${path}": others than its owner can read it`, `Run: chmod 600 ${path}`);
  return parseSecrets(await readFile(path, 'utf8'), path);
}

/**
 * Lines as in a shell's `.env`: `NAME=value`, `export NAME=value`, comments with `#`. A value in single quotes is taken as it is, one in double
 * quotes has `\\n`, `\\"` and the like; both may go over several lines.
 *
 * @throws TG-SECRETS-FILE with the number of a line that is none of these, never with its text
 */
export function parseSecrets(text: string, path: string): ReadonlyMap<string, string> {
  const secrets = new Map<string, string>();
  const entry =
    /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(?:'([^']*)'|"((?:[^"\\]|\\[^])*)"|([^\r\n'"]?[^\r\n]*?))[ \t]*(?:#[^\r\n]*)?(?=\r?\n|$)|[ \t]*(?:#[^\r\n]*)?(?=\r?\n|$)/y;
  for (let at = 0; at < text.length;) {
    entry.lastIndex = at;
    const found = entry.exec(text);
    if (found === null)
      throw failure(
        'TG-SECRETS-FILE',
        `Cannot read the secrets in "${path}": line ${text.slice(0, at).split('\n').length} is no "NAME=value"`,
        "Write a value with special characters in quotes: NAME='value'",
      );
    const [all, name, single, double, plain] = found;
    if (name !== undefined) secrets.set(name, single ?? (double === undefined ? (plain ?? '') : unescaped(double)));
    at += all.length;
    if (text.startsWith('\r\n', at)) at += 2;
    else at += 1;
  }
  return secrets;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([^])/g, (_, sign: string) => ({ n: '\n', r: '\r', t: '\t' })[sign] ?? sign);
}
