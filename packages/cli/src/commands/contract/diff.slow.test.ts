import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { callCommandLine } from '../../test-command-line.ts';

const contract = `apiVersion: v3.1.0
kind: DataContract
id: houses
version: 1.0.0
status: active
schema:
  - name: houses
    properties:
      - { name: area, logicalType: integer, required: true, logicalTypeOptions: { maximum: 50 } }
      - { name: price, logicalType: integer, required: true }
`;

test('a breaking change is told with who is hit, the data has a say, and the version must say it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-contract-diff-cli-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const git = (...words: readonly string[]): void =>
    void execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@t', ...words], { cwd: folder, stdio: 'pipe' });
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const call = (line: string) =>
    callCommandLine(['contract', 'diff', ...line.split(' ')], {
      cwd: folder,
      variables: { PATH: process.env['PATH'], TIDEGATE_HOME: join(folder, '..', `${folder}-home`) },
    });
  t.after(() => rmSync(`${folder}-home`, { recursive: true, force: true }));
  write('houses.csv', 'area,price\n40,1\n45,2\n');
  write('large.csv', 'area,price\n40,1\n60,2\n');
  write('c.yaml', contract);
  write(
    'tidegate.yaml',
    'version: 1\nproject: town\ndata: { houses: { from: { files: houses.csv }, contract: c.yaml } }\nsteps: { train: { run: python train.py, in: [data.houses, train.py], out: { model: model.pkl } } }\nmodels: { price: { artifact: steps.train.model, evaluate: { on: data.houses, label: price, metrics: [rmse] } } }\n',
  );
  write('train.py', 'print(1)\n');
  git('init', '--quiet', '--initial-branch', 'main');
  git('add', '.');
  git('commit', '--quiet', '--message', 'First');
  write('c.yaml', contract.replace('maximum: 50', 'maximum: 70'));

  const byDocuments = await call('main:houses houses');
  assert.equal(byDocuments.code, 3, byDocuments.stdout + byDocuments.stderr);
  assert.match(
    byDocuments.stdout,
    /^major: main:c\.yaml \(1\.0\.0\) -> c\.yaml \(1\.0\.0\)\n {2}major houses\.area: maximum: 50 -> 70\n {2}Hit by a breaking change of data\.houses:\n {4}steps: train\n {4}models: price\n {2}✗ /,
  );

  const unused = await call('main:c.yaml c.yaml --data houses.csv');
  assert.equal(unused.code, 3, unused.stdout);
  assert.match(unused.stdout, /^major: .*\n {2}major houses\.area: maximum: 50 -> 70 \(no row of the data needs it yet\)\n {2}Hit by /);

  const used = await call('main:c.yaml c.yaml --data large.csv --json');
  assert.equal(used.code, 3);
  const { changes, hit } = JSON.parse(used.stdout) as {
    readonly changes: readonly { readonly found: string }[];
    readonly hit: { readonly models: readonly string[] };
  };
  assert.deepEqual([changes.map(({ found }) => found), hit.models], [['area is at most 50: 1 of 2 rows is above, largest 60'], ['price']]);

  write('c.yaml', contract.replace('maximum: 50', 'maximum: 70').replace('1.0.0', '2.0.0'));
  assert.equal((await call('main:houses houses')).code, 0);
  assert.match((await call('main:house houses')).stderr, /TG-CLI-NOT-FOUND: /);
  assert.match((await call('nowhere:c.yaml c.yaml')).stderr, /TG-CLI-NOT-FOUND: Cannot find "c\.yaml" at "nowhere"/);
});
