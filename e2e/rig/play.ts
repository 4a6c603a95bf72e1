import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { tidegateProgram } from '../../packages/runtime/src/test-program.ts';
import type { Action, Scenario } from './scenario.ts';

export { tidegateProgram };

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project in a temporary folder with a home of its own, and the real `tidegate` to run in it. */
export interface Stage extends AsyncDisposable {
  readonly project: string;
  readonly home: string;
  /** Variables of every command: a home of its own, and no colours. */
  readonly variables: NodeJS.ProcessEnv;
  readonly tidegate: (argv: readonly string[]) => Promise<Ended>;
  readonly git: (argv: readonly string[]) => Promise<Ended>;
}

/** Copies a project, makes it a Git repository with one commit. On disposal everything deployed is stopped and the folder removed. */
export async function stage(source: string): Promise<Stage> {
  const place = mkdtempSync(join(tmpdir(), 'tg-e2e-'));
  const project = join(place, 'project');
  const home = join(place, 'home');
  cpSync(source, project, { recursive: true });
  const variables = { ...process.env, TIDEGATE_HOME: home, FORCE_COLOR: '0' };
  const run = (command: string, argv: readonly string[]): Promise<Ended> => spawnAndWait(command, argv, { cwd: project, variables });
  const tidegate = (argv: readonly string[]): Promise<Ended> => run(process.execPath, [tidegateProgram, ...argv]);
  const git = (argv: readonly string[]): Promise<Ended> =>
    run('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...argv]);
  await git(['init', '--quiet', '--initial-branch', 'main']);
  await git(['add', '.']);
  await git(['commit', '--quiet', '--message', 'Start']);
  return {
    project,
    home,
    variables,
    tidegate,
    git,
    [Symbol.asyncDispose]: async () => {
      if (existsSync(join(project, 'tidegate.yaml'))) await tidegate(['stop']);
      rmSync(place, { recursive: true, force: true });
    },
  };
}

/** Plays every action in turn. @throws AssertionError at the first that came out otherwise, with everything the command printed */
export async function play(scenario: Scenario, at: Stage): Promise<void> {
  for (const [index, action] of scenario.actions.entries()) await act(action, at, `action ${index + 1}`);
}

async function act(action: Action, at: Stage, where: string): Promise<void> {
  if ('tidegate' in action) return expectCommand(action, await at.tidegate(action.tidegate), where);
  if ('write' in action) return eachFile(action.write, at, (path, text) => writeFileSync(path, text));
  if ('append' in action) return eachFile(action.append, at, (path, text) => appendFileSync(path, text));
  if ('remove' in action) return action.remove.forEach((path) => rmSync(join(at.project, path), { recursive: true }));
  if ('commit' in action) {
    await at.git(['add', '.']);
    await at.git(['commit', '--quiet', '--message', action.commit]);
    return;
  }
  if ('there' in action)
    return action.there.forEach((path) => assert.ok(existsSync(join(at.project, path)), `${where}: "${path}" is not there`));
  if ('absent' in action)
    return action.absent.forEach((path) => assert.ok(!existsSync(join(at.project, path)), `${where}: "${path}" is there`));
  return expectAnswer(action, at, where);
}

function expectCommand(action: Extract<Action, { tidegate: readonly string[] }>, ended: Ended, where: string): void {
  const printed = `${ended.stdout}\n${ended.stderr}`;
  const line = `${where}: tidegate ${action.tidegate.join(' ')}`;
  assert.equal(ended.code, action.exit, `${line} ended with ${ended.code}:\n${printed}`);
  for (const text of action.says ?? []) assert.ok(matches(printed, text), `${line} does not say ${text}:\n${printed}`);
  for (const text of action.silent ?? []) assert.ok(!matches(printed, text), `${line} says ${text}:\n${printed}`);
  for (const [path, value] of Object.entries(action.json ?? {}))
    assert.deepEqual(valueAt(JSON.parse(ended.stdout), path), value, `${line}: ${path} in\n${ended.stdout}`);
}

async function expectAnswer(action: Extract<Action, { ask: string }>, at: Stage, where: string): Promise<void> {
  const status = JSON.parse((await at.tidegate(['status', '--json'])).stdout) as {
    environments: readonly { name: string; address: string | null }[];
  };
  const address = status.environments.find((one) => one.name === action.ask)?.address;
  assert.ok(address, `${where}: nothing is live in "${action.ask}"`);
  const answer = await fetch(
    address + action.path,
    action.body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(action.body) },
  );
  const text = await answer.text();
  assert.equal(answer.status, action.status, `${where}: ${text}`);
  for (const part of action.says ?? []) assert.ok(matches(text, part), `${where}: the answer does not say ${part}: ${text}`);
}

function eachFile(files: { readonly [path: string]: string }, at: Stage, write: (path: string, text: string) => void): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at.project, path)), { recursive: true });
    write(join(at.project, path), text);
  }
}

function matches(text: string, wanted: string): boolean {
  const form = /^\/(.*)\/$/s.exec(wanted);
  return form === null ? text.includes(wanted) : new RegExp(form[1] ?? '', 'm').test(text);
}

/** `steps.0.status` of a JSON document. */
function valueAt(document: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, part) => (typeof value === 'object' && value !== null ? (value as { readonly [name: string]: unknown })[part] : undefined),
      document,
    );
}

export function spawnAndWait(
  command: string,
  argv: readonly string[],
  options: { cwd: string; variables: NodeJS.ProcessEnv },
): Promise<Ended> {
  return new Promise((done, reject) => {
    const child = spawn(command, argv, { cwd: options.cwd, env: options.variables, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.once('error', reject);
    child.once('close', (code) => done({ code: code ?? 1, stdout, stderr }));
  });
}
