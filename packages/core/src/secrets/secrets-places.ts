import { join, resolve, sep } from 'node:path';
import { failure, shape } from '@tidegate/formats';
import { errorOf, parseYaml, withheld } from '../config/index.ts';
import { homedir, open, readTextIfThere, realpath, stat } from '../platform/index.ts';
import { askCommand, type SecretAsked } from './secrets-command.ts';

interface SecretPlace {
  readonly file?: string | undefined;
  readonly command?: string | undefined;
}

const filled = (description: string): shape.Shape<string> => shape.text({ pattern: /\S/, wants: 'text', description });

/** Where values are, by the folder of the projects that may have them. Format: docs/reference/formats/secrets-file.md. */
export const secretsYaml = shape.object({
  version: shape.required(shape.number({ minimum: 1, maximum: 1, integer: true })),
  secrets: shape.required(
    shape.record(
      shape.record(
        withheld(
          shape.object({
            file: shape.optional(filled('A file with the value.')),
            command: shape.optional(filled('What prints the value.')),
          }),
          (value) => typeof value === 'string',
          { wants: 'must name a file or a command, and not hold the value', hint: 'Write { file: PATH } or { command: WORDS }' },
        ),
      ),
    ),
  ),
});

/** No value is longer. */
const longestBytes = 64 << 10;

/**
 * Secrets that the user's own `secrets.yaml` has a file or a command for. It belongs to the user and not to the project, for what runs outside the sandbox is not
 * for a change of `tidegate.yaml` to say; and it has a folder over each secret, so that no other project gets it by naming it.
 *
 * @returns asks for one; null when it has none of that name for this project. @throws TG-SECRETS-FILE, TG-SECRETS-COMMAND, TG-CONFIG-…
 */
export function secretsFromPlaces({ variables, root }: Omit<SecretAsked, 'name'>): (name: string) => Promise<string | null> {
  const home = variables['HOME'] || homedir();
  const path = join(variables['XDG_CONFIG_HOME'] || join(home, '.config'), 'tidegate', 'secrets.yaml');
  const whole = (text: string): string => resolve(home, text.replace(/^~(?=\/|$)/, '.'));
  let read: Promise<ReadonlyMap<string, SecretPlace>> | null = null;
  return async (name) => {
    read ??= placesFor(path, await realpath(root).catch(() => root), whole);
    const { file, command } = (await read).get(name) ?? {};
    if (file !== undefined) return valueIn(whole(file), name);
    if (command === undefined) return null;
    return askCommand({ command, called: `the command of secrets.yaml`, last: null }, { name, variables, root });
  };
}

/** Of all folders that the project is in or below, the nearest has the word for each name. */
async function placesFor(path: string, root: string, whole: (text: string) => string): Promise<ReadonlyMap<string, SecretPlace>> {
  const text = await readTextIfThere(path);
  if (text === null) return new Map();
  if (((await stat(path)).mode & 0o022) !== 0)
    throw failure('TG-SECRETS-FILE', `Cannot use "${path}": others than its owner can write to it`, `Run: chmod 600 ${path}`);
  const parsed = parseYaml('secrets.yaml', text, secretsYaml);
  if (!parsed.ok) throw errorOf(parsed.failure);
  const near = Object.entries(parsed.value.secrets)
    .map(([folder, secrets]) => ({ folder: whole(folder), secrets }))
    .filter(({ folder }) => root === folder || root.startsWith(folder.endsWith(sep) ? folder : folder + sep))
    .toSorted((a, b) => a.folder.length - b.folder.length);
  const places = near.flatMap(({ secrets }) => Object.entries(secrets));
  const wrong = places.find(([, { file, command }]) => (file === undefined) === (command === undefined));
  if (wrong === undefined) return new Map(places);
  throw failure(
    'TG-SECRETS-FILE',
    `Cannot use "${path}": "${wrong[0]}" must have either "file" or "command"`,
    `Write: ${wrong[0]}: { file: ~/.secrets/${wrong[0]} }`,
  );
}

/** The whole of a file, without the end of its last line. What this user keeps must be readable by nobody else; what an administrator has put there is as it is. */
async function valueIn(path: string, name: string): Promise<string | null> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    const found = error.code === 'ENOENT' ? 'there is no such file' : String(error.code);
    throw failure('TG-SECRETS-FILE', `Cannot read "${name}" in "${path}": ${found}`, 'Make the file, or correct secrets.yaml');
  });
  try {
    const { uid, mode, size } = await file.stat();
    if (uid === process.getuid?.() && (mode & 0o077) !== 0)
      throw failure('TG-SECRETS-FILE', `Cannot use "${path}": others than its owner can read it`, `Run: chmod 600 ${path}`);
    if (size > longestBytes)
      throw failure(
        'TG-SECRETS-FILE',
        `Cannot read "${name}" in "${path}": it has more than ${longestBytes} bytes`,
        'Name a file with the value alone',
      );
    const value = (await file.readFile('utf8')).replace(/\r?\n$/, '');
    return value === '' ? null : value;
  } finally {
    await file.close();
  }
}
