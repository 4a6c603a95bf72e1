import { commandLine } from './command-line.ts';
import type { Output } from './output.ts';
import type { registry } from './registry.ts';
import type { Surroundings } from './surroundings.ts';

/** What a command line printed, and its exit code. */
export interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Bytes of stdout that were no words, as they came. */
  readonly poured: Buffer;
}

export interface Called extends Partial<Pick<Surroundings, 'cwd' | 'variables' | 'signal'>> {
  readonly commands?: typeof registry;
  /** Streams that are terminals; default none. */
  readonly terminals?: readonly ('stdout' | 'stderr')[];
}

/** Runs a command line in this process, away from its streams and variables. */
export async function callCommandLine(words: readonly string[], called: Called = {}): Promise<Printed> {
  const { cwd = '/', variables = {}, signal = new AbortController().signal, commands, terminals = [] } = called;
  const printed = { stdout: '', stderr: '' };
  const poured: Uint8Array[] = [];
  const output = (name: 'stdout' | 'stderr'): Output => ({
    write: (text) => (printed[name] += text),
    pour: async (chunks) => {
      for await (const chunk of chunks) poured.push(chunk);
    },
    isTTY: terminals.includes(name),
  });
  const code = await commandLine(words, { stdout: output('stdout'), stderr: output('stderr'), cwd, variables, signal }, commands);
  return { code, ...printed, poured: Buffer.concat(poured) };
}
