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
  return (name) => askCommand({ command, called: 'TIDEGATE_SECRETS_COMMAND', last: name }, { name, variables, root });
}

export interface SecretCommand {
  readonly command: string;
  /** What the command is called in messages. */
  readonly called: string;
  /** Put behind its words; null = nothing. */
  readonly last: string | null;
}

export interface SecretAsked {
  readonly name: string;
  readonly variables: { readonly [name: string]: string | undefined };
  /** Where it runs. */
  readonly root: string;
}

/** What a command prints, without the end of its last line; null for nothing. @throws TG-SECRETS-COMMAND, without what the command has printed */
export async function askCommand({ command, called, last }: SecretCommand, { name, variables, root }: SecretAsked): Promise<string | null> {
  const words = splitCommand(command);
  if (!words.ok) throw cannotAsk(called, name, words.failure.message, words.failure.hint ?? null);
  const { code, stdout } = await capture([...words.value, ...(last === null ? [] : [last])], {
    cwd: root,
    variables,
    timeoutMs: longestMs,
  });
  if (code === 127) throw cannotAsk(called, name, `there is no program "${words.value[0] ?? ''}"`, `Correct ${called}`);
  if (code !== 0)
    throw cannotAsk(called, name, `it ended with exit code ${code}`, `Run it by hand: ${command}${last === null ? '' : ` ${last}`}`);
  const value = stdout.replace(/\r?\n$/, '');
  return value === '' ? null : value;
}

function cannotAsk(called: string, name: string, found: string, hint: string | null): Error {
  return failure('TG-SECRETS-COMMAND', `Cannot ask ${called} for "${name}": ${found}`, hint);
}
