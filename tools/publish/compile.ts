import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Compiles the source of every package to JavaScript below `out/<package>/src`. @throws Error with the compiler's words */
export function compile(repository: string, out: string): void {
  rmSync(out, { recursive: true, force: true });
  const settings = join(repository, 'build', 'tsconfig.build.json');
  writeFileSync(
    settings,
    JSON.stringify({
      extends: '../tsconfig.json',
      compilerOptions: {
        noEmit: false,
        allowImportingTsExtensions: false,
        rewriteRelativeImportExtensions: true,
        rootDir: '../packages',
        outDir: out,
        sourceMap: false,
      },
      include: ['../packages/*/src'],
      exclude: ['../packages/**/*.test.ts', '../packages/**/*.conformance.ts', '../packages/**/fixtures'],
    }),
  );
  const { status, stdout } = spawnSync(join(repository, 'node_modules/.bin/tsc'), ['-p', settings], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Cannot compile the packages:\n${stdout}`);
}
