import { parseArgs } from 'node:util';
import { errorEntry, failure, nearest, TidegateError } from '@tidegate/formats';
import type { Command, Invocation, OptionSpec } from './command.ts';
import { registry } from './registry.ts';
import { diagnosticLines } from './render/diagnostics.ts';
import { commandHelp, generalHelp } from './render/help.ts';
import { processTerminal, type Terminal } from './render/terminal.ts';
import { version } from './version.ts';

process.exitCode = await main(process.argv.slice(2));

/** Runs one command line and returns its exit code. Errors end here: every one is told once, with what fixes it. */
async function main(argv: readonly string[]): Promise<number> {
  const json = argv.slice(0, endOfOwn(argv)).includes('--json');
  const terminal = processTerminal({ json });
  const interruption = interruptible();
  try {
    return await dispatch(argv, { terminal, json, signal: interruption });
  } catch (error) {
    terminal.status(null);
    return tell(error, { terminal, json, interrupted: interruption.aborted });
  }
}

async function dispatch(argv: readonly string[], context: { terminal: Terminal; json: boolean; signal: AbortSignal }): Promise<number> {
  const { terminal } = context;
  const [name, ...rest] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    for (const line of generalHelp(registry, terminal)) terminal.line(line);
    return 0;
  }
  if (name === '--version' || name === 'version') {
    if (context.json) terminal.json({ version, node: process.versions.node });
    else terminal.line(version);
    return 0;
  }
  const entry = registry.find((candidate) => candidate.name === name);
  if (entry === undefined) {
    const near = nearest(
      name,
      registry.map((candidate) => candidate.name),
    );
    throw failure(
      'TG-CLI-USAGE',
      `Cannot find the command "${name}"`,
      near === null ? 'Run "tidegate --help" for the list of commands' : `Did you mean "tidegate ${near}"?`,
    );
  }
  const { command } = await entry.load();
  if (rest.slice(0, endOfOwn(rest)).some((argument) => argument === '--help' || argument === '-h')) {
    for (const line of commandHelp(command, terminal)) terminal.line(line);
    return 0;
  }
  return command.run(invocationOf(command, rest, context));
}

/** Index of `--`: what follows is somebody else's. */
function endOfOwn(argv: readonly string[]): number {
  const end = argv.indexOf('--');
  return end < 0 ? argv.length : end;
}

function invocationOf(
  command: Command,
  argv: readonly string[],
  context: { terminal: Terminal; json: boolean; signal: AbortSignal },
): Invocation {
  const end = endOfOwn(argv);
  const specs: { readonly [name: string]: OptionSpec } = { ...command.options, json: { type: 'boolean', help: '' } };
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { type, multiple, short }]) => [
      name,
      { type, multiple: multiple === true, ...(short !== undefined && { short }) },
    ]),
  );
  const { values, positionals } = parseOwn(command, argv.slice(0, end), options);
  const all = (name: string): readonly unknown[] => [values[name]].flat();
  return {
    ...context,
    positionals,
    rest: argv.slice(end + 1),
    flag: (name) => all(name).includes(true),
    text: (name) => all(name).findLast((value) => typeof value === 'string'),
    texts: (name) => all(name).filter((value) => typeof value === 'string'),
    cwd: process.cwd(),
  };
}

type ParseOptions = NonNullable<Parameters<typeof parseArgs>[0]>['options'];

function parseOwn(
  command: Command,
  args: readonly string[],
  options: NonNullable<ParseOptions>,
): { values: { [name: string]: unknown }; positionals: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return { values, positionals };
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error);
    const wrong = /'(--?[\w-]+)/.exec(message)?.[1]?.replace(/^--?/, '');
    const near = wrong === undefined ? null : nearest(wrong, Object.keys(options));
    throw failure(
      'TG-CLI-USAGE',
      `Cannot read the command line: ${message}`,
      near === null ? `Run "tidegate ${command.name} --help"` : `Did you mean "--${near}"?`,
    );
  }
}

/** First Ctrl-C, SIGTERM or closed terminal: an orderly end; a second one: at once. */
function interruptible(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort(new Error(signal));
    });
  return controller.signal;
}

function tell(error: unknown, { terminal, json, interrupted }: { terminal: Terminal; json: boolean; interrupted: boolean }): number {
  if (interrupted) {
    terminal.error('Stopped. Run the same command again to go on where it was.');
    return 130;
  }
  if (!(error instanceof TidegateError)) {
    terminal.error(
      `tidegate ${version}: this is a bug of Tidegate, please report it:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return 70;
  }
  if (json) terminal.json({ errors: error.diagnostics });
  else for (const diagnostic of error.diagnostics) for (const line of diagnosticLines(diagnostic, terminal)) terminal.error(line);
  return Math.max(...error.diagnostics.map((diagnostic) => errorEntry(diagnostic.code).exit));
}
