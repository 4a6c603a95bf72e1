import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Project } from '../project/index.ts';
import { installUnit } from './systemd-unit.ts';
import { makeWatchedProject } from './test-project.ts';

/** A project whose units go to a folder of their own. */
async function projectWithUnits(t: TestContext, more: { readonly [name: string]: string } = {}): Promise<Project> {
  const config = mkdtempSync(join(tmpdir(), 'tidegate-units-'));
  t.after(() => rmSync(config, { recursive: true }));
  const project = await makeWatchedProject(t, { 'tidegate.yaml': 'version: 1\nproject: copies\n' }).open();
  t.after(() => project[Symbol.dispose]());
  return { ...project, platform: { ...project.platform, variables: { ...project.platform.variables, XDG_CONFIG_HOME: config, ...more } } };
}

const request = { program: [process.execPath, '/opt/tidegate.js'], options: ['--to', 'production'] };

test('the unit has whole paths, the home and the options; writing it again changes nothing', async (t) => {
  const project = await projectWithUnits(t);

  const first = await installUnit(project, request);
  const second = await installUnit(project, request);
  const other = await installUnit(project, { ...request, options: [] });

  assert.equal(first.name, 'tidegate-up-copies.service');
  assert.deepEqual([first.written, second.written, other.written], [true, false, true]);
  await installUnit(project, request);
  const unit = readFileSync(first.path, 'utf8');
  assert.ok(unit.includes(`\nExecStart=${process.execPath} /opt/tidegate.js up --to production\n`), unit);
  assert.ok(unit.includes(`\nWorkingDirectory=${project.root}\n`), unit);
  assert.ok(unit.includes(`\nEnvironment=TIDEGATE_HOME=${project.home.root}\n`), unit);
  assert.match(unit, /\nRestart=on-failure\n/);
  assert.match(unit, /\nKillMode=process\n/);
});

test('blanks, quotes, percent and dollar signs in paths and variables mean themselves', async (t) => {
  const project = await projectWithUnits(t, { LANG: 'a"b $c %d' });

  const { path } = await installUnit(project, { program: ['/opt/my node', '/opt/50%/$x.js'], options: [] });

  const unit = readFileSync(path, 'utf8');
  assert.ok(unit.includes('\nExecStart="/opt/my node" "/opt/50%%/$$x.js" up\n'), unit);
  assert.ok(unit.includes('\nEnvironment="LANG=a\\"b $c %%d"\n'), unit);
});

const analyser = spawnSync('systemd-analyze', ['--version']).status === 0;

test('systemd takes the unit without a complaint', { skip: analyser ? false : 'there is no systemd-analyze' }, async (t) => {
  const project = await projectWithUnits(t);
  const program = [process.execPath, join(import.meta.dirname, '../../../cli/bin/tidegate.js')];
  const { path } = await installUnit(project, { program, options: ['--port', '9100'] });
  const runtime = mkdtempSync(join(tmpdir(), 'tidegate-runtime-'));
  t.after(() => rmSync(runtime, { recursive: true }));
  mkdirSync(join(runtime, 'systemd'));

  const said = execFileSync('systemd-analyze', ['--user', '--man=no', 'verify', path], {
    encoding: 'utf8',
    env: { ...process.env, XDG_RUNTIME_DIR: runtime },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

  assert.equal(said, '');
});
