import { failure } from '@tidegate/formats';
import { splitCommand } from '../config/index.ts';
import { capture } from '../platform/index.ts';

const longestMs = 60_000;

/**
 * Secrets that a command prints when it is given a name as its last argument: a password manager, a vault.
 *
 * @param command undefined or empty: there is none. It is split into words as `run:` of a step is, and no shell is run
 * @returns asks for one; null when the command prints nothing. @throws TG-SECRETS-COMMAND, without what the command has printed
 */
export function secretsFromCommand(
  command: string | undefined,
  { variables, root }: { readonly variables: { readonly [name: string]: string | undefined }; readonly root: string },
): (name: string) => Promise<string | null> {
  if (command === undefined || command.trim() === '') return async () => null;
  return async (name) => {
    const words = splitCommand(command);
    if (!words.ok) throw cannotAsk(name, words.failure.message, words.failure.hint ?? null);
    const { code, stdout } = await capture([...words.value, name], { cwd: root, variables, timeoutMs: longestMs });
    if (code === 127) throw cannotAsk(name, `there is no program "${words.value[0] ?? ''}"`, 'Correct TIDEGATE_SECRETS_COMMAND');
    if (code !== 0) throw cannotAsk(name, `it ended with exit code ${code}`, `Run it by hand: ${command} ${name}`);
    const value = stdout.replace(/\r?\n$/, '');
    return value === '' ? null : value;
  };
}

function cannotAsk(name: string, found: string, hint: string | null): Error {
  return failure('TG-SECRETS-COMMAND', `Cannot ask TIDEGATE_SECRETS_COMMAND for "${name}": ${found}`, hint);
}
