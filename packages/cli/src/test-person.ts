import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tidegateProgram } from '../../runtime/src/test-program.ts';

export interface Said {
  readonly code: number;
  /** Both streams. */
  readonly text: string;
}

/** A working tree of somebody with a home of their own, where Git and Tidegate run as programs. */
export interface Person {
  readonly git: (...words: readonly string[]) => Said;
  readonly tidegate: (...words: readonly string[]) => Said;
  /** Files of the project; null takes one away. */
  readonly write: (files: { readonly [path: string]: string | null }) => void;
  readonly read: (path: string) => string | null;
}

export interface PersonOptions {
  /** The top of the repository. */
  readonly root: string;
  /** Default: the top. */
  readonly project?: string;
  readonly home: string;
  readonly name?: string;
}

/** The folder is made, no repository in it. Every commit is of the same second, as on a quick machine. */
export function personAt({ root, project = root, home, name = 'T' }: PersonOptions): Person {
  const moment = '2026-01-01T00:00:00Z';
  const author = { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: 't@t', GIT_AUTHOR_DATE: moment };
  const committer = { GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: 't@t', GIT_COMMITTER_DATE: moment };
  const path = (process.env['PATH'] ?? '').split(':').filter((place) => !existsSync(join(place, 'tidegate')));
  const settings = { PATH: path.join(':'), TIDEGATE_HOME: home, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const env = { ...process.env, ...author, ...committer, ...settings };
  const call = ([command = '', ...words]: readonly string[], cwd: string): Said => {
    const { status, stdout, stderr } = spawnSync(command, words, { cwd, env, encoding: 'utf8' });
    return { code: status ?? -1, text: stdout + stderr };
  };
  mkdirSync(project, { recursive: true });
  return {
    git: (...words) => call(['git', ...words], root),
    tidegate: (...words) => call([process.execPath, tidegateProgram, ...words], project),
    write: (files) => {
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(dirname(join(project, file)), { recursive: true });
        if (text === null) rmSync(join(project, file));
        else writeFileSync(join(project, file), text);
      }
    },
    read: (file) => (existsSync(join(project, file)) ? readFileSync(join(project, file), 'utf8') : null),
  };
}

/** What was said by something that must go well. */
export function sound(said: Said): string {
  assert.equal(said.code, 0, said.text);
  return said.text;
}
