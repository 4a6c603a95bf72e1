import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StepRecord } from '@tidegate/formats';
import { systemPlatform } from '../platform/index.ts';
import { commandRig } from './test-rig.ts';

const busybox = '/bin/busybox';
const missing = [spawnSync('podman', ['--version']).status === 0 ? null : 'podman', existsSync(busybox) ? null : 'busybox-static'].filter(
  (name) => name !== null,
);
if (missing.length > 0 && process.env['TIDEGATE_REQUIRE_SERVICES'])
  throw new Error(`${missing.join(' and ')} must be installed, for TIDEGATE_REQUIRE_SERVICES is set`);
const options = { skip: missing.length === 0 ? false : `not installed: ${missing.join(', ')}` };

const folder = mkdtempSync(join(tmpdir(), 'tidegate-container-'));
/** A machine that may not raise limits starts containers with lower ones, and by runc. */
const configuration = join(folder, 'containers.conf');
writeFileSync(configuration, '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n[engine]\nruntime = "runc"\n');
const variables = { ...systemPlatform.variables, CONTAINERS_CONF: configuration, TIDEGATE_CONTAINER_ENGINE: 'podman' };
const podman = (...args: string[]): string =>
  execFileSync('podman', args, { env: variables, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/** An image with a shell of a few programs, and a Python of its own that only says which one it is. */
function makeImage(): string {
  const root = join(folder, 'root');
  for (const made of ['bin', 'tmp']) mkdirSync(join(root, made), { recursive: true });
  cpSync(busybox, join(root, 'bin/busybox'));
  for (const name of ['sh', 'cat', 'sleep', 'id', 'ls', 'env', 'echo', 'wget', 'grep', 'cp', 'tr'])
    symlinkSync('busybox', join(root, 'bin', name));
  writeFileSync(join(root, 'bin/python'), '#!/bin/sh\necho "the python of the image"\n', { mode: 0o755 });
  execFileSync('tar', ['-C', root, '-cf', join(folder, 'root.tar'), '.']);
  const tag = `localhost/tidegate-test-${process.pid}:1`;
  podman('import', join(folder, 'root.tar'), tag);
  return podman('image', 'inspect', '--format', '{{index .RepoDigests 0}}', tag);
}

const image = missing.length === 0 ? makeImage() : '';
after(() => {
  if (image !== '') podman('rmi', '--force', image);
  rmSync(folder, { recursive: true, force: true });
});

const words = (step: StepRecord): string => `${step.status} ${step.failure?.code ?? ''} ${step.failure?.message ?? ''}`;
const containers = (): string => podman('ps', '--all', '--filter', 'label=tidegate.owner', '--format', '{{.Names}}');
const stepWith = (run: string, more = ''): string =>
  `steps:\n  make:\n    image: ${image}\n    run: ${run}\n    in: [word.txt]\n    out: { made: made/b.txt }\n${more}`;

test('a step with an image runs in it: its programs, its inputs, its outputs, and no container afterwards', options, async (t) => {
  const rig = commandRig(
    t,
    { 'word.txt': 'a word', 'make.sh': 'python > made/b.txt; cat word.txt >> made/b.txt; echo "$GREETING" >> made/b.txt\n' },
    variables,
  );
  const yaml = stepWith('sh make.sh', '    variables: { GREETING: "good day" }\n');

  const step = await rig.step(yaml);

  assert.equal(step.status, 'done', words(step));
  assert.equal(readFileSync(join(rig.root, 'made/b.txt'), 'utf8'), 'the python of the image\na wordgood day\n');
  assert.equal(statSync(join(rig.root, 'made/b.txt')).uid, process.getuid?.());
  assert.equal((await rig.step(yaml)).status, 'hit');
  assert.equal(containers(), '');
});

test('a container has no network, no capability, nothing of the machine, and writes to its workspace and /tmp only', options, async (t) => {
  const script = [
    'ls / | tr "\\n" " " > made/b.txt',
    'grep CapEff /proc/self/status >> made/b.txt',
    'echo x > /outside 2>/dev/null && echo "wrote outside" >> made/b.txt',
    'echo x > /tmp/inside && echo "wrote inside" >> made/b.txt',
    'ls /sys/class/net | tr "\\n" " " >> made/b.txt',
    'exit 0',
  ];
  const rig = commandRig(t, { 'word.txt': 'a', 'make.sh': script.join('\n') }, variables);

  const step = await rig.step(stepWith('sh make.sh'));

  assert.equal(step.status, 'done', words(step));
  const text = readFileSync(join(rig.root, 'made/b.txt'), 'utf8');
  assert.match(text, /CapEff:\t0{16}\n/);
  assert.doesNotMatch(text, /wrote outside|home|root/);
  assert.match(text, /wrote inside\nlo $/);
});

test('a step in an image that fails, takes too long or is cancelled tells so, and leaves no container', options, async (t) => {
  const rig = commandRig(t, { 'word.txt': 'a', 'fail.sh': 'echo "no luck" >&2\nexit 7\n' }, variables);

  assert.match(words(await rig.step(stepWith('sh fail.sh'))), /TG-COMMANDS-FAILED .*exit code 7\nno luck/);
  assert.match(words(await rig.step(stepWith('sleep 600', '    timeout: 1s\n'))), /TG-COMMANDS-TIMED-OUT/);
  const controller = new AbortController();
  const run = rig.run(stepWith('sleep 601'), { signal: controller.signal });
  while (!containers().includes('tidegate-')) await sleep(50);
  controller.abort();
  assert.equal((await run).status, 'cancelled');
  assert.equal(containers(), '');
});

test('an image that cannot be had is told with what the engine said', options, async (t) => {
  const rig = commandRig(t, { 'word.txt': 'a' }, variables);
  const nowhere = `localhost/not-there@sha256:${'ab'.repeat(32)}`;

  const step = await rig.step(stepWith('echo').replace(image, nowhere));

  assert.match(words(step), /TG-COMMANDS-IMAGE Cannot get the image "localhost\/not-there@sha256:abab/);
});

test('the container of a process that was killed is removed by the next one', options, async (t) => {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const dead = spawn('true');
  await once(dead, 'close');
  const name = `tidegate-dead-${process.pid}`;
  podman('run', '--detach', '--name', name, '--network', 'none', '--label', `tidegate.owner=${dead.pid}/1/${boot}`, image, 'sleep', '600');
  const program = join(import.meta.dirname, 'container-engine.ts');
  const code = `import { removeStrayContainers } from ${JSON.stringify(program)}; await removeStrayContainers({ program: 'podman', isPodman: true }, { variables: process.env });`;

  execFileSync(process.execPath, ['--input-type=module', '--eval', code], { env: variables });

  assert.equal(containers(), '');
  t.diagnostic(`removed ${name}`);
});
