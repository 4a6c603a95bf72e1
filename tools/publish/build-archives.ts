import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundleCommandLine } from './bundle.ts';
import { compile } from './compile.ts';
import { packNpmPackages } from './npm-packages.ts';

/** Compiles a checkout, bundles the command line and packs what npm publishes, below `build/`. @returns paths of the archives */
export async function buildArchives(repository: string): Promise<readonly string[]> {
  const build = join(repository, 'build');
  const [compiled, bundled] = [join(build, 'compiled'), join(build, 'bundled')];
  mkdirSync(build, { recursive: true });
  compile(repository, compiled);
  await bundleCommandLine(compiled, bundled);
  return packNpmPackages({ repository, compiled, bundled, out: join(build, 'npm') });
}
