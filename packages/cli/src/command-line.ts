import { diskTrouble, errorEntry, failure, TidegateError } from '@tidegate/formats';
import type { Command } from './command.ts';
import { ownWords, readCommandLine } from './read-command-line.ts';
import { registry } from './registry.ts';
import { diagnosticLines } from './render/diagnostics.ts';
import { commandHelp, generalHelp } from './render/help.ts';
import { openTerminal, type Terminal } from './render/terminal.ts';
import type { Surroundings } from './surroundings.ts';
import { version } from './version.ts';

interface Context extends Surroundings {
  readonly terminal: Terminal;
  readonly json: boolean;
}

/** Runs one command line and returns its exit code. Errors end here: every one is told once, with what fixes it. */
export async function commandLine(words: readonly string[], surroundings: Surroundings, commands = registry): Promise<number> {
  const json = ownWords(words).includes('--json');
  const terminal = openTerminal({ ...surroundings, json });
  const context = { ...surroundings, terminal, json };
  try {
    return await dispatch(words, { ...context, commands });
  } catch (error) {
    terminal.status(null);
    return tell(diskTrouble(error) ?? error, context);
  }
}

type Dispatch = Context & { readonly commands: typeof registry };

/** Options may stand before the command as well: `tidegate --json run`. */
async function dispatch(words: readonly string[], context: Dispatch): Promise<number> {
  const own = ownWords(words);
  const at = own.findIndex((word) => !word.startsWith('-'));
  if (at < 0) return withoutCommand(own, context);
  const others = words.filter((_, index) => index !== at);
  if (words[at] === 'help') return tellHelpOf(ownWords(others), context);
  if (words[at] === 'version') return tellVersion(context);
  const line = await readCommandLine([words[at] ?? '', ...others], context.commands);
  return 'helpOf' in line ? tellCommandHelp(line.helpOf, context) : line.command.run({ ...context, ...line });
}

function withoutCommand(options: readonly string[], context: Dispatch): number {
  const wrong = options.find((option) => !['--json', '--help', '-h', '--version'].includes(option));
  if (wrong !== undefined)
    throw failure('TG-CLI-USAGE', `Cannot read the command line: there is no option "${wrong}"`, 'Run "tidegate --help" for the commands');
  return options.includes('--version') ? tellVersion(context) : tellGeneralHelp(context);
}

function tellGeneralHelp({ terminal, json, commands }: Dispatch): number {
  if (json) terminal.json({ commands: commands.map(({ name, summary }) => ({ name, summary })) });
  else for (const line of generalHelp(commands, terminal)) terminal.line(line);
  return 0;
}

async function tellHelpOf(words: readonly string[], context: Dispatch): Promise<number> {
  const names = words.filter((word) => !word.startsWith('-'));
  if (names.length === 0) return tellGeneralHelp(context);
  const line = await readCommandLine([...names, '--help'], context.commands);
  return tellCommandHelp('helpOf' in line ? line.helpOf : line.command, context);
}

function tellCommandHelp(command: Command, { terminal, json }: Dispatch): number {
  const { name, summary, usage, options, examples } = command;
  if (json) terminal.json({ name, summary, usage, options, examples });
  else for (const line of commandHelp(command, terminal)) terminal.line(line);
  return 0;
}

function tellVersion({ terminal, json }: Dispatch): number {
  if (json) terminal.json({ version, node: process.versions.node });
  else terminal.line(version);
  return 0;
}

/** What goes wrong after Ctrl-C goes wrong because of it. */
function tell(error: unknown, context: Context): number {
  const { terminal, json, signal } = context;
  if (signal.aborted) return tellStop(error, context);
  const { diagnostics } = error instanceof TidegateError ? error : bug(error);
  if (json) terminal.json({ errors: diagnostics });
  else for (const diagnostic of diagnostics) for (const line of diagnosticLines(diagnostic, terminal)) terminal.error(line);
  if (!(error instanceof TidegateError)) terminal.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return Math.max(...diagnostics.map(({ code }) => errorEntry(code).exit));
}

function tellStop(error: unknown, { terminal, json }: Context): number {
  const hint = 'Run the same command again to go on where it was';
  const { diagnostics } = failure('TG-CLI-STOPPED', 'Cannot finish: Ctrl-C or a signal stopped the command', hint, error);
  if (json) terminal.json({ errors: diagnostics });
  else terminal.error(`Stopped. ${hint}.`);
  return errorEntry('TG-CLI-STOPPED').exit;
}

function bug(error: unknown): TidegateError {
  const message = error instanceof Error ? error.message : String(error);
  return failure(
    'TG-CLI-BUG',
    `Cannot go on, by a mistake of Tidegate ${version}: ${message}`,
    'Please report it with the lines below',
    error,
  );
}
