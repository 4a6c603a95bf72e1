import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { callCommandLine, type Printed } from '../test-command-line.ts';

const yaml = 'version: 1\nproject: copies\nsteps:\n  copy: { run: cp in.txt out.txt, in: [in.txt], out: { copy: out.txt } }\n';

interface Machine {
  readonly root: string;
  readonly call: (line: string) => Promise<Printed>;
}

/** A checkout of the same project with an empty home. */
function machineIn(place: string, name: string): Machine {
  const root = join(place, name, 'project');
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'tidegate.yaml'), yaml);
  writeFileSync(join(root, 'in.txt'), 'one\n');
  const variables = { PATH: process.env['PATH'], TIDEGATE_HOME: join(place, name, 'home') };
  return { root, call: (line) => callCommandLine(line.split(' '), { cwd: root, variables }) };
}

function makePlace(t: TestContext): string {
  const place = mkdtempSync(join(tmpdir(), 'tidegate-bundles-'));
  t.after(() => rmSync(place, { recursive: true, force: true }));
  return place;
}

test('a result is carried to another machine in one file, and explain says where it came from', async (t) => {
  const place = makePlace(t);
  const [one, other] = [machineIn(place, 'one'), machineIn(place, 'other')];
  await one.call('run');

  const exported = await one.call('store export steps.copy -o ../../copy.tar');
  const untrusted = await other.call('store import ../../copy.tar');
  const planned = await other.call('plan');
  const imported = await other.call('store import ../../copy.tar --zone main');
  const run = await other.call('run');
  const explained = await other.call('explain steps.copy');

  assert.match(exported.stdout, /^Written: \.\.\/\.\.\/copy\.tar: 1 result, 2 objects, /);
  assert.match(untrusted.stdout, /^Imported: 1 of 1 result as of the zone untrusted, 2 objects\. /);
  assert.match(planned.stdout, /its only result was made in the zone untrusted, which is trusted less/);
  assert.match(imported.stdout, /^Imported: 1 of 1 result as of the zone main/);
  assert.match(run.stdout + run.stderr, /steps\.copy: unchanged/);
  assert.equal(readFileSync(join(other.root, 'out.txt'), 'utf8'), 'one\n');
  assert.match(explained.stdout, /in the zone main; taken from .*copy\.tar at /);
});

test('all of a run is exported by its id; what has no result, and a file that is no bundle, are refused', async (t) => {
  const place = makePlace(t);
  const machine = machineIn(place, 'one');
  await machine.call('run');
  const [run] = JSON.parse((await machine.call('runs --json')).stdout) as readonly { readonly id: string }[];
  writeFileSync(join(place, 'other.tar'), 'tide'.repeat(1000));

  assert.match((await machine.call(`store export ${run?.id}`)).stdout, /^Written: bundle\.tar: 1 result/);
  assert.match((await machine.call('store export steps.none')).stderr, /TG-CLI-NOT-FOUND: Cannot export "steps\.none"/);
  assert.match((await machine.call('store export')).stderr, /TG-CLI-NOT-FOUND: Cannot export anything/);
  assert.match((await machine.call('store import ../../other.tar')).stderr, /TG-STORE-BUNDLE: Cannot read the bundle ".*other\.tar"/);
  assert.match((await machine.call('store import none.tar')).stderr, /TG-STORE-BUNDLE: .*ENOENT/);
  assert.match((await machine.call('store import bundle.tar --zone release')).stderr, /TG-CLI-ZONE/);
});
