import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { tidegateProgram } from './play.ts';

const repository = resolve(import.meta.dirname, '../..');

/** What a block of commands came to: exit code of the last one, and what all printed to stdout and stderr. */
export interface Played {
  readonly code: number;
  readonly printed: string;
}

/** A folder of a reader of a page, with a home of its own and `tidegate` on PATH. */
export interface PageStage extends AsyncDisposable {
  readonly folder: string;
  /** Gives a block to the shell, as a reader would who stops at the first command that fails. */
  readonly sh: (text: string) => Promise<Played>;
}

/**
 * A folder with the files of `examples/NAME`, or an empty one of a reader whose own Python has pandas and scikit-learn. On disposal
 * everything deployed is stopped and the folder removed.
 */
export async function openPageStage(example: string | null): Promise<PageStage> {
  const place = mkdtempSync(join(tmpdir(), 'tg-page-'));
  const [folder, bin] = [join(place, example ?? 'houses'), join(place, 'bin')];
  if (example === null) mkdirSync(folder);
  else copyExample(example, folder);
  mkdirSync(bin);
  writeFileSync(join(bin, 'tidegate'), `#!/bin/sh\nexec "${process.execPath}" "${tidegateProgram}" "$@"\n`);
  chmodSync(join(bin, 'tidegate'), 0o755);
  const own = { TIDEGATE_HOME: join(place, 'home'), NO_COLOR: '1', PATH: [bin, process.env['PATH']].join(delimiter) };
  const python = example === null ? await pythonWithPackages(place, { ...process.env, ...own }) : '';
  const variables = {
    ...process.env,
    ...own,
    ...author,
    PATH: [bin, python, process.env['PATH']].filter((part) => part !== '').join(delimiter),
  };
  const sh = (text: string): Promise<Played> => run(text, folder, variables);
  return {
    folder,
    sh,
    [Symbol.asyncDispose]: async () => {
      if (existsSync(join(folder, 'tidegate.yaml'))) await sh('tidegate stop');
      rmSync(place, { recursive: true, force: true });
    },
  };
}

/** Git asks for them at a commit. */
const author = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.com', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.com' };

/** Without what a run or a script has left there. */
function copyExample(name: string, folder: string): void {
  const left = /\/(?:build|data|models|__pycache__|model\.pkl)$/;
  cpSync(join(repository, 'examples', name), folder, { recursive: true, filter: (path) => !left.test(path) });
}

/** Folder of the `python` of a reader who has pandas and scikit-learn: the locked environment of an example. */
async function pythonWithPackages(place: string, variables: NodeJS.ProcessEnv): Promise<string> {
  const example = join(place, 'packages');
  copyExample('penguins', example);
  const { code, printed } = await run(
    'tidegate init --yes && tidegate exec -- python -c "import os, sys; print(os.path.dirname(sys.executable))"',
    example,
    variables,
  );
  if (code !== 0) throw new Error(`Cannot make a Python with packages: ${printed}`);
  return printed.trim().split('\n').at(-1) ?? '';
}

function run(text: string, cwd: string, variables: NodeJS.ProcessEnv): Promise<Played> {
  return new Promise((done, reject) => {
    const child = spawn('sh', ['-e', '-c', text], { cwd, env: variables, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
    child.once('error', reject);
    child.once('close', (code) => done({ code: code ?? 1, printed }));
  });
}
