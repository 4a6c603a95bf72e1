import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleCommandLine } from './bundle.ts';
import { compile } from './compile.ts';
import { packNpmPackages } from './npm-packages.ts';
import { buildWheel } from './wheel.ts';

/** Builds what is published: npm archives and a Python wheel, below `build/`. Prints their paths, one a line. */
const repository = resolve(import.meta.dirname, '../..');
const build = join(repository, 'build');
mkdirSync(build, { recursive: true });
compile(repository, join(build, 'compiled'));
await bundleCommandLine(join(build, 'compiled'), join(build, 'bundled'));
const archives = packNpmPackages({
  repository,
  compiled: join(build, 'compiled'),
  bundled: join(build, 'bundled'),
  out: join(build, 'npm'),
});
const wheel = buildWheel({ repository, archives, out: join(build, 'wheel') });
for (const path of [...archives, wheel]) console.log(path);
