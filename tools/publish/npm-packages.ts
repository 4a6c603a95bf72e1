import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const names = ['formats', 'runtime', 'core', 'serving', 'cli'] as const;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly [field: string]: unknown;
}

/** Makes one folder a package as it is published, packs each, and returns the archives in the order of their dependencies. */
export function packNpmPackages(repository: string, compiled: string, out: string): readonly string[] {
  rmSync(out, { recursive: true, force: true });
  return names.map((name) => {
    const source = join(repository, 'packages', name);
    const folder = join(out, name);
    mkdirSync(folder, { recursive: true });
    cpSync(join(compiled, name, 'src'), join(folder, 'dist'), { recursive: true });
    for (const extra of ['bin', 'python'])
      if (existsSync(join(source, extra))) cpSync(join(source, extra), join(folder, extra), { recursive: true });
    for (const page of ['LICENSE', 'README.md']) cpSync(join(repository, page), join(folder, page));
    const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as Manifest;
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(published(manifest, repository), null, 2)}\n`);
    const archive = execFileSync('npm', ['pack', '--silent', '--pack-destination', out], { cwd: folder, encoding: 'utf8' }).trim();
    return join(out, archive);
  });
}

function published(manifest: Manifest, repository: string): Manifest {
  const root = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { optionalDependencies: unknown };
  return {
    ...manifest,
    exports: { '.': './dist/index.js', './package.json': './package.json' },
    files: ['dist', 'bin', 'python'],
    ...(manifest.name === 'tidegate' && { optionalDependencies: root.optionalDependencies }),
  };
}
