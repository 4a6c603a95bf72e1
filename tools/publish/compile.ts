import { spawnSync } from 'node:child_process';
import { cpSync, globSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Compiles the source of every package to JavaScript below `out/<package>/src`, beside the JSON that it imports; the compiler's settings are kept beside `out`. @throws Error with the compiler's words */
export function compile(repository: string, out: string): void {
  rmSync(out, { recursive: true, force: true });
  const settings = join(dirname(out), 'tsconfig.build.json');
  writeFileSync(
    settings,
    JSON.stringify({
      extends: join(repository, 'tsconfig.json'),
      compilerOptions: {
        noEmit: false,
        allowImportingTsExtensions: false,
        rewriteRelativeImportExtensions: true,
        rootDir: join(repository, 'packages'),
        typeRoots: [join(repository, 'node_modules/@types')],
        outDir: out,
        sourceMap: false,
      },
      include: [join(repository, 'packages/*/src')],
      exclude: ['**/*.test.ts', '**/*.conformance.ts', '**/fixtures'].map((pattern) => join(repository, 'packages', pattern)),
    }),
  );
  const { status, stdout } = spawnSync(join(repository, 'node_modules/.bin/tsc'), ['-p', settings], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Cannot compile the packages:\n${stdout}`);
  // which the compiler leaves where it is
  const packages = join(repository, 'packages');
  for (const data of globSync('*/src/**/*.json', { cwd: packages, exclude: ['**/fixtures/**'] }))
    cpSync(join(packages, data), join(out, data));
}
