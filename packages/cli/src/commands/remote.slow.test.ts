import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { callCommandLine, type Printed } from '../test-command-line.ts';

const yaml = `version: 1
project: copies
data: { houses: { from: { files: data/*.csv } } }
steps:
  copy: { run: cp in.txt out.txt, in: [in.txt], out: { copy: out.txt } }
`;

interface Machine {
  readonly root: string;
  readonly call: (line: string) => Promise<Printed>;
}

function machineIn(place: string, name: string): Machine {
  const root = join(place, name, 'project');
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'tidegate.yaml'), yaml);
  writeFileSync(join(root, 'in.txt'), 'one\n');
  const variables = { PATH: process.env['PATH'], TIDEGATE_HOME: join(place, name, 'home') };
  return { root, call: (line) => callCommandLine(line.split(' '), { cwd: root, variables }) };
}

function makePlace(t: TestContext): string {
  const place = mkdtempSync(join(tmpdir(), 'tidegate-remote-command-'));
  t.after(() => rmSync(place, { recursive: true, force: true }));
  return place;
}

test('data and results are pushed and pulled, counted, read back, and collected when nothing needs them', async (t) => {
  const place = makePlace(t);
  const [one, other] = [machineIn(place, 'one'), machineIn(place, 'other')];
  mkdirSync(join(one.root, 'data'));
  writeFileSync(join(one.root, 'data/houses.csv'), 'price\n1\n');
  const run = JSON.parse((await one.call('run data.houses steps.copy --json')).stdout) as {
    readonly run: {
      readonly steps: readonly { readonly step: string; readonly outputs: { readonly [name: string]: { readonly digest: string } } }[];
    };
  };
  const version = run.run.steps.find(({ step }) => step === 'data.houses')?.outputs['version']?.digest ?? assert.fail();
  for (const { root } of [one, other]) writeFileSync(join(root, 'tidegate.lock'), `version: 1\ndata:\n  houses: ${version}\n`);

  const would = await one.call('data push --dry-run --remote ../../remote');
  const pushed = await one.call('data push houses --remote ../../remote');
  const again = await one.call('data push --remote ../../remote');
  const none = await one.call('data pull houses --path data/*.parquet --remote ../../remote');
  const pulled = await other.call('data pull --remote ../../remote');
  const status = await other.call('remote status --remote ../../remote');
  const gc = await one.call('remote gc --dry-run --remote ../../remote');
  const branch = await one.call('remote gc --zone branch --remote ../../remote');
  const verified = await other.call('remote verify --rate 500MB/s --json --remote ../../remote');

  assert.match(would.stdout, /^data\.houses, version [0-9a-f]{12}: would send \d+ objects/);
  assert.match(pushed.stdout, /^data\.houses, version [0-9a-f]{12}: sent \d+ objects \(.*\), .* over the line\./);
  assert.match(again.stdout, /: all of it is there\./);
  assert.match(none.stderr, /TG-CLI-NOT-FOUND: Cannot pull data\.houses: none of its paths matches "data\/\*\.parquet"/);
  assert.match(pulled.stdout, /: got 1 object \(8 B\); 1 file in place\./);
  assert.equal(readFileSync(join(other.root, 'data/houses.csv'), 'utf8'), 'price\n1\n');
  assert.match(status.stdout, /\n {2}main: \d+ objects \(.*\) in \d packs?\n/);
  assert.match(status.stdout, /shared by copies, which pushed last at /);
  assert.match(gc.stdout, /^Would go: 0 objects \(0 B\), 0 records; 0 files \(0 B\)\.\nWould stay: \d+ objects/);
  assert.match(branch.stderr, /TG-STORE-REMOTE-ZONE: Cannot collect garbage/);
  assert.deepEqual((JSON.parse(verified.stdout) as { readonly damaged: unknown }).damaged, []);
});

test('without a remote each verb says how to name one, and nothing is written', async (t) => {
  const place = makePlace(t);
  const machine = machineIn(place, 'one');

  for (const line of ['data push', 'data pull', 'remote push', 'remote pull', 'remote status', 'remote gc', 'remote verify'])
    assert.match((await machine.call(line)).stderr, /TG-CLI-NO-REMOTE: Cannot .*: the project has no remote/, line);
  assert.ok(!existsSync(join(place, 'remote')));
});
