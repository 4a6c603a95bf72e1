import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildArchives } from '../../../tools/publish/build-archives.ts';
import type { Peer } from '../peer.ts';

const repository = resolve(import.meta.dirname, '../../..');

/** The packages as published, built from this checkout; without the sandbox, which no other tool here has. */
export const tidegate: Peer = peerOf('Tidegate', 'sandbox: false');

/** As it is when nobody says otherwise. */
export const tidegateInSandbox: Peer = peerOf('Tidegate, sandbox', null);

function peerOf(name: string, setting: string | null): Peer {
  return {
    name,
    mostSteps: () => 10_000,
    install: async (folder) => {
      const program = await published(folder);
      return {
        version: execFileSync(process.execPath, [program, '--version'], { encoding: 'utf8' }).trim(),
        argv: [process.execPath, program, 'run', '-j2'],
        variables: (project) => ({ TIDEGATE_HOME: `${project}.home` }),
      };
    },
    describe: ({ steps }) => {
      const makers = new Map(steps.map((step) => [step.output, step.name]));
      const lines = steps.map(({ name: step, inputs, output, argv }) => {
        const reads = inputs.map((input) => (makers.has(input) ? `steps.${makers.get(input) ?? ''}/file` : input));
        return `  ${step}: { run: ${argv.join(' ')}, in: [${reads.join(', ')}], out: { file: ${output} } }`;
      });
      const head = ['version: 1', 'project: bench', ...(setting === null ? [] : [setting]), 'steps:'];
      return { 'tidegate.yaml': [...head, ...lines, ''].join('\n') };
    },
    began: '… steps[.]',
    ran: (output) => Number((/: ([\d,]+) steps? of [\d,]+ ran/.exec(output)?.[1] ?? '0').replaceAll(',', '')),
  };
}

/** Lays the archives out as npm would, with the libraries of the checkout beside them: installing those takes minutes and changes nothing here. */
export async function published(folder: string): Promise<string> {
  const modules = join(folder, `tidegate-${process.pid}`, 'node_modules');
  const program = join(modules, 'tidegate/bin/tidegate.js');
  if (existsSync(program)) return program;
  for (const old of readdirSync(folder).filter((entry) => entry.startsWith('tidegate-'))) rmSync(join(folder, old), { recursive: true });
  const archives = await buildArchives(repository);
  for (const archive of archives) unpack(archive, modules);
  const libraries = join(repository, 'node_modules');
  for (const library of readdirSync(libraries))
    if (!['tidegate', '@tidegate'].includes(library)) symlinkSync(join(libraries, library), join(modules, library));
  return program;
}

function unpack(archive: string, modules: string): void {
  const manifest = execFileSync('tar', ['-xzOf', archive, 'package/package.json'], { encoding: 'utf8' });
  const { name } = JSON.parse(manifest) as { name: string };
  mkdirSync(join(modules, name), { recursive: true });
  execFileSync('tar', ['-xzf', archive, '-C', join(modules, name), '--strip-components=1']);
}
