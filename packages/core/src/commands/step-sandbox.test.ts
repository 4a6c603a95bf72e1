import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemPlatform } from '../platform/index.ts';
import { commandRig } from './test-rig.ts';
import { noSandbox } from './test-sandbox.ts';

/** Tries each thing and says of each whether it could, as a JSON object. */
const tries = `
import glob, json, os, socket, sys
def can(act):
    try:
        return bool(act())
    except OSError:
        return False
def connects(*address):
    with socket.create_connection(address, timeout=5): return True
def reads(path): return open(path, 'rb').read(1)
tried = json.load(open('tried.json'))
json.dump({
  'home': can(lambda: [one for one in os.scandir(tried['home']) if one.is_file()]),
  'keys': can(lambda: os.listdir(os.path.join(tried['home'], '.ssh'))),
  'project': can(lambda: os.listdir(tried['project'])),
  'other run': can(lambda: os.listdir(tried['otherRun'])),
  'passwords': can(lambda: reads('/etc/shadow')),
  'secret in an environment': any('HIDDEN_SECRET' in open(path, errors='replace').read() for path in glob.glob('/proc/[0-9]*/environ')),
  'other processes': can(lambda: str(tried['pid']) in os.listdir('/proc')),
  'container engine': any(os.path.exists(path) for path in ['/var/run/docker.sock', '/run/docker.sock', '/run/podman/podman.sock', '/run/containerd']),
  'metadata': can(lambda: connects('169.254.169.254', 80)),
  'loopback port': can(lambda: connects('127.0.0.1', tried['port'])),
  'root': can(lambda: open('/file', 'w')),
  'programs': can(lambda: open('/usr/file', 'w')),
  'input': can(lambda: open('tried.json', 'w')),
  'own workspace': can(lambda: open('file', 'w').write('x')),
  'own temporary folder': can(lambda: open(os.path.join(os.environ['TMPDIR'], 'file'), 'w').write('x')),
  'own home': can(lambda: open(os.path.expanduser('~/file'), 'w').write('x')),
  'own loopback': can(lambda: socket.create_server(('127.0.0.1', 0))),
  'terminal': can(lambda: open('/dev/tty')),
}, open('could.json', 'w'))
`;

test(
  'hostile 28: a step reaches no key, no environment, no engine, no network and no folder but its own',
  { skip: noSandbox },
  async (t) => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    process.env['HIDDEN_SECRET'] = 'HIDDEN_SECRET';
    const rig = commandRig(t, { 'tries.py': tries });
    const otherRun = join(rig.root, '..', 'home', 'workspaces', 'r-20200101-000000-abcd');
    mkdirSync(otherRun, { recursive: true });
    const port = typeof address === 'object' ? address?.port : null;
    writeFileSync(join(rig.root, 'tried.json'), JSON.stringify({ home: homedir(), project: rig.root, otherRun, pid: process.pid, port }));

    const record = await rig.step('steps: { a: { run: python tries.py, in: tried.json, out: { could: could.json } } }');
    delete process.env['HIDDEN_SECRET'];

    assert.deepEqual(record.failure, null);
    const could: unknown = JSON.parse(readFileSync(join(rig.root, 'could.json'), 'utf8'));
    const allowed = ['own workspace', 'own temporary folder', 'own home', 'own loopback'];
    assert.deepEqual(
      Object.entries(could ?? {}).filter(([, value]) => value),
      allowed.map((name) => [name, true]),
    );
  },
);

test('a step with "network: true" reaches the network, one without is told how to', { skip: noSandbox }, async (t) => {
  const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : null;
  const rig = commandRig(t, { 'get.py': `import socket\nprint(socket.create_connection(("127.0.0.1", ${port})).recv(5))\n` });

  const shut = await rig.step('steps: { a: { run: python get.py } }');
  const open = await rig.step('steps: { a: { run: python get.py, network: true } }');

  assert.equal(open.status, 'done');
  assert.match(shut.failure?.message ?? '', /Connection refused/);
  assert.match(shut.failure?.hint ?? '', /add "network: true" to steps\.a/);
  assert.notEqual(open.key, shut.key);
});

test(
  'without a sandbox a step gets the same result under the same key, and a run says once what is not isolated',
  { skip: noSandbox },
  async (t) => {
    const steps =
      'steps: { a: { run: sh -c "pwd; cat in.txt > a.txt", in: in.txt, out: { a: a.txt } }, b: { run: sh -c "cat in.txt > b.txt", in: in.txt, out: { b: b.txt } } }';
    const files = { 'in.txt': 'x' };
    const within = commandRig(t, files);
    const off = commandRig(t, files, { ...systemPlatform.variables, TIDEGATE_SANDBOX: 'off' });
    const missing = commandRig(t, files, { PATH: '/nowhere' });

    const records = [await within.run(steps), await off.run(steps)];
    const unasked = await missing.run(steps);

    assert.deepEqual(...twice(records.map((record) => record.steps.map(({ key, status }) => [key, status]))));
    assert.deepEqual(unasked.status, 'succeeded');
    assert.deepEqual(within.notIsolated, []);
    assert.deepEqual(off.notIsolated, []);
    assert.deepEqual(missing.notIsolated, ['bubblewrap is not installed; on Debian: apt-get install bubblewrap']);
  },
);

function twice<T>([first, second]: readonly T[]): [T | undefined, T | undefined] {
  return [first, second];
}

test('a step of "sandbox: false" and one in a sandbox run beside each other', { skip: noSandbox }, async (t) => {
  const rig = commandRig(t, {});

  await rig.run(
    'steps: { a: { run: sh -c "pwd > a.txt", out: { a: a.txt } }, b: { run: sh -c "pwd > b.txt", sandbox: false, out: { b: b.txt } } }',
  );

  assert.equal(readFileSync(join(rig.root, 'a.txt'), 'utf8'), '/workspace\n');
  assert.match(readFileSync(join(rig.root, 'b.txt'), 'utf8'), /steps\.b\n$/);
});

test('a sandbox that cannot be made for a command is told with what bubblewrap says', { skip: noSandbox }, async (t) => {
  const rig = commandRig(t, {});

  const { failure } = await rig.step(`steps: { a: { run: sh -c true, variables: { PATH: /proc/${process.pid} } } }`);

  assert.equal(failure?.code, 'TG-COMMANDS-SANDBOX');
  assert.match(failure.message, /^Cannot start "sh" in a sandbox: bubblewrap says "Can't mkdir/);
});
