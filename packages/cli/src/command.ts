import type { Terminal } from './render/terminal.ts';

export interface OptionSpec {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  /** What the value is, for help: `ENV`, `N`. */
  readonly value?: string;
  readonly multiple?: true;
  readonly help: string;
}

export interface Invocation {
  readonly positionals: readonly string[];
  /** Everything after `--`, untouched. */
  readonly rest: readonly string[];
  readonly flag: (name: string) => boolean;
  readonly text: (name: string) => string | undefined;
  readonly texts: (name: string) => readonly string[];
  readonly json: boolean;
  readonly terminal: Terminal;
  readonly cwd: string;
  /** Variables of the process that was called. */
  readonly variables: { readonly [name: string]: string | undefined };
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}

/** One command of the command line. `run` returns the exit code (docs/reference/exit-codes.md). */
export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What follows the name, e.g. `[STEP…] [--to ENV]` or `[list | show NAME]`; more or fewer arguments are refused. */
  readonly usage: string;
  readonly options: { readonly [name: string]: OptionSpec };
  /** Of a command that is made of verbs: what each of them says of its options. */
  readonly verbOptions?: { readonly [verb: string]: Command['options'] };
  /** Command lines with a word on each; shown by `--help`, and read by tests. */
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  readonly run: (invocation: Invocation) => Promise<number>;
}
