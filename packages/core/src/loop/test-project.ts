import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { systemPlatform } from '../platform/index.ts';
import { openProject, type Project, stopEnvironment } from '../project/index.ts';

/** A project in a Git repository and a home of its own, in a temporary folder; the model server is the real one. */
export interface WatchedProject {
  readonly root: string;
  /** As it is on disk now; to be disposed. */
  readonly open: () => Promise<Project>;
  readonly write: (files: { readonly [path: string]: string }) => void;
  readonly git: (...argv: readonly string[]) => string;
  /** @returns the commit */
  readonly commit: (subject: string) => string;
  /** What is done at the end of the test, before its folders go. */
  readonly atEnd: (end: () => Promise<unknown>) => void;
}

const serving = { argv: [process.execPath, resolve(import.meta.dirname, '../../../serving/src/main.ts')], version: '0.1.0' };

export function makeWatchedProject(t: TestContext, files: { readonly [path: string]: string }): WatchedProject {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-loop-'));
  const root = join(folder, 'project');
  const platform = { ...systemPlatform, variables: { ...systemPlatform.variables, TIDEGATE_HOME: join(folder, 'home') } };
  const open = (): Promise<Project> => openProject({ root, platform, serving });
  const ends: (() => Promise<unknown>)[] = [];
  t.after(async () => {
    for (const end of ends) await end();
    if (existsSync(join(root, 'tidegate.yaml'))) await stopAll(open);
    rmSync(folder, { recursive: true, force: true });
  });
  const write: WatchedProject['write'] = (some) => {
    for (const [path, text] of Object.entries(some)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };
  const git: WatchedProject['git'] = (...argv) => execFileSync('git', argv, { cwd: root, encoding: 'utf8' });
  const commit: WatchedProject['commit'] = (subject) => {
    git('add', '.');
    git('-c', 'user.name=Test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--allow-empty', '--message', subject);
    return git('rev-parse', 'HEAD').trim();
  };
  write(files);
  git('init', '--quiet', '--initial-branch', 'main');
  commit('Start');
  return { root, open, write, git, commit, atEnd: (end) => void ends.push(end) };
}

async function stopAll(open: () => Promise<Project>): Promise<void> {
  using project = await open();
  for (const name of Object.keys(project.config.environments)) await stopEnvironment(project, name);
}
