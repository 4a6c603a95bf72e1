import { join, resolve } from 'node:path';
import { buildArchives } from './build-archives.ts';
import { buildWheel } from './wheel.ts';

/** Builds what is published: npm archives and a Python wheel, below `build/`. Prints their paths, one a line. */
const repository = resolve(import.meta.dirname, '../..');
const archives = await buildArchives(repository);
const wheel = buildWheel({ repository, archives, out: join(repository, 'build/wheel') });
for (const path of [...archives, wheel]) console.log(path);
