import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compile } from './compile.ts';
import { packNpmPackages } from './npm-packages.ts';
import { buildWheel } from './wheel.ts';

/** Builds what is published: npm archives and a Python wheel, below `build/`. Prints their paths, one a line. */
const repository = resolve(import.meta.dirname, '../..');
const build = join(repository, 'build');
mkdirSync(build, { recursive: true });
compile(repository, join(build, 'compiled'));
const archives = packNpmPackages(repository, join(build, 'compiled'), join(build, 'npm'));
const wheel = buildWheel({ repository, archives, out: join(build, 'wheel') });
for (const path of [...archives, wheel]) console.log(path);
