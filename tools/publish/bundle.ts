import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * Puts what the command line is made of into few files below `out`, so that a command does not open hundreds: one for what most commands
 * need, one for each command, one for each program that is started as a process or thread of its own. `import.meta.url` is then that of a file in `out` itself. Names and lines stay readable, for reports of mistakes.
 *
 * @param compiled where {@link compile} has put the packages
 */
export async function bundleCommandLine(compiled: string, out: string): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  const source = (name: string): string => join(compiled, name, 'src');
  await using build = await rolldown({
    input: {
      main: join(source('cli'), 'main.js'),
      index: join(source('cli'), 'index.js'),
      'launcher-process': join(source('core'), 'platform/launcher-process.js'),
      'hash-thread': join(source('core'), 'platform/hash-thread.js'),
    },
    platform: 'node',
    resolve: {
      alias: Object.fromEntries(['formats', 'runtime', 'core'].map((name) => [`@tidegate/${name}`, join(source(name), 'index.js')])),
    },
    external: [...installed],
  });
  await build.write({ dir: out, format: 'esm', chunkFileNames: '[name]-[hash].js' });
}

/** Packages that stay what they are, with parts that no bundle can hold: libraries for one system, programs of their own. */
export const installed = ['@duckdb/node-api', '@tidegate/serving'] as const;
