import { failure, TidegateError } from '@tidegate/formats';

// Before anything can load ONNX Runtime, in this process and in its threads and children.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

const commands: Readonly<Record<string, (argv: readonly string[]) => Promise<void>>> = {
  serve: async (argv) => (await import('./serve/main.ts')).serve(argv),
  score: async (argv) => (await import('./score/main.ts')).score(argv),
  batch: async (argv) => (await import('./batch/main.ts')).batch(argv),
  inspect: async (argv) => (await import('./inspect/main.ts')).inspect(argv),
  compact: async (argv) => (await import('./log/compact-main.ts')).compact(argv),
  supervise: async (argv) => (await import('./supervise/main.ts')).supervise(argv),
};

try {
  const [name = '', ...argv] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined)
    throw failure(
      'TG-SERVING-ARGUMENTS',
      `Cannot start "${name}": there is no such process`,
      'Start serve, score, batch, inspect, compact or supervise',
    );
  await command(argv);
} catch (error) {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exit(error instanceof TidegateError && error.diagnostics[0].code === 'TG-SERVING-ARGUMENTS' ? 2 : 1); // a listener may be open
}

/** One line a diagnostic: code, message and hint. A bug keeps its stack: this is a log, not an answer to a client. */
function wordsOf(error: unknown): string {
  if (!(error instanceof TidegateError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  return error.diagnostics.map(({ code, message, hint }) => `${code}: ${message}${hint === null ? '' : `\n  ${hint}`}`).join('\n');
}
