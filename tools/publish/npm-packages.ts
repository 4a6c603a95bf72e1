import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installed } from './bundle.ts';

const names = ['formats', 'runtime', 'core', 'serving', 'cli'] as const;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: { readonly [name: string]: string } | undefined;
  readonly [field: string]: unknown;
}

export interface PackageSources {
  readonly repository: string;
  /** Every package compiled, file by file. */
  readonly compiled: string;
  /** The command line in few files. */
  readonly bundled: string;
  readonly out: string;
}

/** Makes one folder a package as it is published, packs each, and returns the archives in the order of their dependencies. */
export function packNpmPackages({ repository, compiled, bundled, out }: PackageSources): readonly string[] {
  rmSync(out, { recursive: true, force: true });
  return names.map((name) => {
    const source = join(repository, 'packages', name);
    const folder = join(out, name);
    mkdirSync(folder, { recursive: true });
    cpSync(name === 'cli' ? bundled : join(compiled, name, 'src'), join(folder, 'dist'), { recursive: true });
    for (const extra of ['bin', 'python'])
      if (existsSync(join(source, extra))) cpSync(join(source, extra), join(folder, extra), { recursive: true });
    for (const page of ['LICENSE', 'README.md']) cpSync(join(repository, page), join(folder, page));
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(published(manifestIn(source), repository), null, 2)}\n`);
    const archive = execFileSync('npm', ['pack', '--silent', '--pack-destination', out], { cwd: folder, encoding: 'utf8' }).trim();
    return join(out, archive);
  });
}

function published(manifest: Manifest, repository: string): Manifest {
  const { optionalDependencies } = manifestIn(repository);
  return {
    ...manifest,
    exports: { '.': './dist/index.js', './package.json': './package.json' },
    files: ['dist', 'bin', 'python'],
    ...(manifest.name === 'tidegate' && { optionalDependencies, dependencies: dependenciesOfBundle(repository) }),
  };
}

/** What the bundle has left out, in the version of whoever needs it. */
function dependenciesOfBundle(repository: string): Manifest['dependencies'] {
  const all = names.flatMap((name) => Object.entries(manifestIn(join(repository, 'packages', name)).dependencies ?? {}));
  return Object.fromEntries(all.filter(([name]) => installed.some((kept) => kept === name)));
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}
