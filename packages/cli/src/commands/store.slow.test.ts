import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { callCommandLine, type Printed } from '../test-command-line.ts';

/** A project that has run once, with a home of its own. */
async function ranOnce(t: TestContext): Promise<{ readonly home: string; readonly call: (line: string) => Promise<Printed> }> {
  const place = mkdtempSync(join(tmpdir(), 'tidegate-cli-store-'));
  t.after(() => rmSync(place, { recursive: true, force: true }));
  const [cwd, home] = [join(place, 'project'), join(place, 'home')];
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'a.txt'), 'a');
  writeFileSync(
    join(cwd, 'tidegate.yaml'),
    'version: 1\nproject: copies\nsteps: { copy: { run: [cp, a.txt, b.txt], out: { b: b.txt } } }\n',
  );
  const call = (line: string): Promise<Printed> =>
    callCommandLine(line.split(' '), { cwd, variables: { ...process.env, TIDEGATE_HOME: home } });
  assert.equal((await call('run')).code, 0);
  return { home, call };
}

test('the store is counted, collected, checked, scrubbed, and things are pinned in it, each with what came of it', async (t) => {
  const { call } = await ranOnce(t);

  const said = async (line: string): Promise<string> => {
    const { code, stdout, stderr } = await call(line);
    assert.equal(code, 0, stderr);
    return stdout;
  };

  assert.match(await said('store'), /2 small objects in one database, \S+ k?B\n {2}0 files, 0 B\n {2}1 result of 1 project/);
  assert.match(await said('store gc --dry-run'), /Would go: 0 objects \(0 B\), 0 results, 0 records of runs\.\nWould stay: 2 objects/);
  assert.match(await said('store fsck'), /Read 2 objects \(\S+ k?B\), 1 result, 1 run: nothing is wrong\./);
  assert.match(
    await said('store scrub --rate 50MB/s --for 10s'),
    /Read 2 objects \(\S+ k?B\), 0 left: nothing is wrong\.\nEverything has been read since/,
  );
  assert.match(await said('store pack --dry-run'), /^Would be packed: 0 objects \(0 B\) that nothing has checked out, live or pinned\.\n$/);
  assert.match(await said('store pack --older 1d --rate 50MB/s --for 1s'), /^Packed: 0 objects \(0 B\) into 0 B of new pieces\.\n$/);
  assert.match(await said('store pin steps.copy'), /steps\.copy {2}2 objects {2}since /);
  assert.match(await said('store pin'), /steps\.copy/);
  assert.match(await said('store unpin steps.copy'), /no longer pinned/);
  assert.equal(await said('store pin'), 'Nothing is pinned.\n');
});

test('a limit that cannot be read, and a name that nothing has, are refused', async (t) => {
  const { call } = await ranOnce(t);

  assert.match((await call('store gc --keep-bytes 20')).stderr, /Cannot read --keep-bytes: "20" is not a size/);
  assert.match((await call('store scrub --rate 50MB')).stderr, /Cannot read --rate: "50MB" is not a rate/);
  assert.match((await call('store pin nothing')).stderr, /Cannot pin "nothing": it is no run/);
  assert.match((await call('store unpin nothing')).stderr, /Cannot unpin "nothing"/);
});

test('a damaged database of small objects is told on stderr, and the run makes what was in it again', async (t) => {
  const { home, call } = await ranOnce(t);
  writeFileSync(
    join(home, 'objects/small.sqlite'),
    'this is no database, whatever its name says, and it is longer than a header'.repeat(30),
  );
  for (const name of readdirSync(join(home, 'objects'))) if (/-(?:wal|shm)$/.test(name)) rmSync(join(home, 'objects', name));

  const { code, stderr } = await call('run');

  assert.equal(code, 0);
  assert.match(stderr, /The database of small objects was damaged, and is now ".*small\.sqlite\.\d+\.corrupt"/);
  assert.equal((await call('store fsck')).code, 0);
});
