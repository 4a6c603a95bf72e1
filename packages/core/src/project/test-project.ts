import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { type Platform, systemPlatform } from '../platform/index.ts';
import { stopEnvironment } from './deploy/environments.ts';
import { openProject } from './open-project.ts';
import type { Project } from './project.ts';
import { type ProjectRun, type ProjectRunOptions, runProject } from './run/run-project.ts';

/** A project in a Git repository and a home of its own, in a temporary folder; the model server is the real one. */
export interface TestProject {
  readonly root: string;
  /** As it is on disk now; to be disposed. With a remote: a folder beside the project that all its clones see. */
  readonly open: (more?: { readonly remote?: true }) => Promise<Project>;
  /** A fresh clone of what is committed, on a machine with an empty home that sees the remote. */
  readonly openClone: () => Promise<Project>;
  readonly write: (files: { readonly [path: string]: string }) => void;
  readonly remove: (path: string) => void;
  /** @returns the commit */
  readonly commit: (subject: string) => string;
  readonly git: (...words: readonly string[]) => string;
  readonly run: (more?: Partial<ProjectRunOptions>) => Promise<ProjectRun>;
}

/** What an action of a project is told besides what it is about. */
export const unattended: Pick<ProjectRunOptions, 'signal' | 'emit'> = { signal: new AbortController().signal, emit: () => {} };

const serving = { argv: [process.execPath, resolve(import.meta.dirname, '../../../serving/src/main.ts')], version: '0.1.0' };

export function makeTestProject(t: TestContext, files: { readonly [path: string]: string }): TestProject {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-project-'));
  const root = join(folder, 'project');
  const platformOf = (home: string): Platform => ({
    ...systemPlatform,
    variables: { ...systemPlatform.variables, TIDEGATE_HOME: join(folder, home) },
  });
  const remote = join(folder, 'remote');
  const open: TestProject['open'] = (more = {}) =>
    openProject({ root, platform: platformOf('home'), serving, ...(more.remote === true && { remote }) });
  let clones = 0;
  const openClone: TestProject['openClone'] = async () => {
    const clone = join(folder, `clone-${++clones}`, 'project');
    execFileSync('git', ['clone', '--quiet', root, clone]);
    return openProject({ root: clone, platform: platformOf(`home-of-clone-${clones}`), serving, remote });
  };
  t.after(async () => {
    if (existsSync(join(root, 'tidegate.yaml'))) await stopAll(open);
    rmSync(folder, { recursive: true, force: true });
  });
  const write: TestProject['write'] = (some) => {
    for (const [path, text] of Object.entries(some)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };
  const git = (...argv: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...argv], { cwd: root, encoding: 'utf8' }).trim();
  write(files);
  git('init', '--quiet', '--initial-branch', 'main');
  const commit = (subject: string): string => {
    git('add', '.');
    git('commit', '--quiet', '--allow-empty', '--message', subject);
    return git('rev-parse', 'HEAD');
  };
  commit('Start');
  return {
    root,
    open,
    openClone,
    write,
    remove: (path) => rmSync(join(root, path), { recursive: true }),
    commit,
    git,
    run: async (more = {}) => {
      using project = await open();
      return await runProject(project, { goal: 'gate', only: [], force: [], jobs: 2, again: false, ...unattended, ...more });
    },
  };
}

async function stopAll(open: () => Promise<Project>): Promise<void> {
  using project = await open();
  for (const name of Object.keys(project.config.environments)) await stopEnvironment(project, name);
}

/** What failed or did not pass in a run, for the message of an assertion. */
export function complaints({ record }: ProjectRun): string {
  const failures = record.steps.flatMap(({ step, failure }) => (failure === null ? [] : [`${step}: ${failure.message}`]));
  const evidence = record.steps.flatMap((step) => step.evidence).filter(({ verdict }) => verdict !== 'pass');
  return [...failures, ...evidence.map(({ subject, verdict, reason }) => `${subject}: ${verdict}: ${reason}`)].join('\n');
}
