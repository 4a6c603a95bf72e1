import { parseArgs } from 'node:util';
import { failure, nearest } from '@tidegate/formats';
import type { Command, Invocation, OptionSpec } from './command.ts';
import { registry } from './registry.ts';
import { checkArguments } from './usage.ts';
import { verbAlone } from './verb-alone.ts';

/** A command with what it was given. */
export interface CommandLine extends Pick<Invocation, 'positionals' | 'rest' | 'flag' | 'text' | 'texts'> {
  readonly command: Command;
}

/** A command, or a verb of one, whose help is asked for. */
export interface HelpWanted {
  readonly helpOf: Command;
}

/**
 * Reads the words after `tidegate`, and runs nothing.
 *
 * @throws TG-CLI-USAGE for a command, an option or an argument that does not exist or is missing
 */
export async function readCommandLine(
  [name = '', ...words]: readonly string[],
  commands: typeof registry = registry,
): Promise<CommandLine | HelpWanted> {
  const { command } = await entryOf(name, commands).load();
  const own = ownWords(words);
  if (own.some((word) => word === '--help' || word === '-h'))
    return { helpOf: verbAlone(command, own.find((word) => !word.startsWith('-')) ?? '') ?? command };
  const { values, positionals } = readOptions(command, own);
  checkArguments(command, positionals);
  const all = (option: string): readonly unknown[] => [values[option]].flat();
  return {
    command,
    positionals,
    rest: words.slice(own.length + 1),
    flag: (option) => all(option).includes(true),
    text: (option) => all(option).findLast((value) => typeof value === 'string'),
    texts: (option) => all(option).filter((value) => typeof value === 'string'),
  };
}

/** The words before `--`: what follows is somebody else's. */
export function ownWords(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  return end < 0 ? words : words.slice(0, end);
}

function entryOf(name: string, commands: typeof registry): (typeof registry)[number] {
  const entry = commands.find((candidate) => candidate.name === name);
  if (entry !== undefined) return entry;
  const near = nearest(
    name,
    commands.map((candidate) => candidate.name),
  );
  throw failure(
    'TG-CLI-USAGE',
    `Cannot find the command "${name}"`,
    near === null ? 'Run "tidegate --help" for the list of commands' : `Did you mean "tidegate ${near}"?`,
  );
}

function readOptions(
  command: Command,
  args: readonly string[],
): { readonly values: { readonly [name: string]: unknown }; readonly positionals: readonly string[] } {
  const specs: { readonly [name: string]: OptionSpec } = { ...command.options, json: { type: 'boolean', help: '' } };
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { type, multiple, short }]) => [
      name,
      { type, multiple: multiple === true, ...(short !== undefined && { short }) },
    ]),
  );
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw unreadable(command, error, Object.keys(options));
  }
}

function unreadable(command: Command, error: unknown, options: readonly string[]): Error {
  const message = error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error);
  const wrong = /'(--?[\w-]+)/.exec(message)?.[1]?.replace(/^--?/, '');
  const near = wrong === undefined ? null : nearest(wrong, options);
  return failure(
    'TG-CLI-USAGE',
    `Cannot read the command line: ${message}`,
    near === null ? `Run "tidegate ${command.name} --help"` : `Did you mean "--${near}"?`,
  );
}
