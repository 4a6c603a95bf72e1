import assert from 'node:assert/strict';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Printed } from '../../test-command-line.ts';
import { type TestPlace, testPlace } from '../../test-place.ts';

const yaml = `version: 1
project: shop
data:
  images: { from: { files: images } }
  sales: { from: { files: sales.jsonl }, table: { key: id } }
  back: { from: { files: back/*.parquet } }
`;

interface Place extends Omit<TestPlace, 'call'> {
  readonly call: (line: string, home?: string) => Promise<Printed>;
}

function place(t: TestContext): Place {
  const { call, ...at } = testPlace(t, {
    files: {
      'tidegate.yaml': yaml,
      'images/1.png': 'one'.repeat(9_000),
      'sales.jsonl': '{"id":1,"town":"Oslo","amount":5}\n{"id":2,"town":"","amount":null}\n',
    },
    remote: true,
  });
  at.git('init', '-q', '-b', 'main');
  return { ...at, call: (line, home = 'home') => call(['data', ...line.split(' ')], { home }) };
}

test('the rows of any version are written as Parquet, CSV or JSON lines, with NULL and the empty text apart', async (t) => {
  const { path, call, write, git } = place(t);
  await call('commit sales');
  git('add', 'tidegate.lock');
  git('commit', '-qm', 'One');
  write('sales.jsonl', '{"id":1,"town":"Rome","amount":6}\n');
  await call('commit sales');

  for (const format of ['parquet', 'csv', 'jsonl'] as const) {
    const { code, stderr } = await call(`export sales@main ../${format} --format ${format}`);
    assert.equal(code, 0, stderr);
  }
  assert.equal(readFileSync(path('../csv/sales.csv'), 'utf8'), 'id,town,amount\n1,Oslo,5\n2,"",\n');
  assert.equal(readFileSync(path('../jsonl/sales.jsonl'), 'utf8'), '{"id":1,"town":"Oslo","amount":5}\n{"id":2,"town":"","amount":null}\n');
  await call('export sales@main back --format parquet');
  await call('commit back');
  await call('export back ../again --format csv');
  assert.equal(readFileSync(path('../again/back.csv'), 'utf8'), readFileSync(path('../csv/sales.csv'), 'utf8'));
  assert.match((await call('export sales ../x --format excel')).stderr, /TG-CLI-USAGE: Cannot write rows as "excel"/);
  assert.match((await call('export sales@main ../x --version main')).stderr, /TG-CLI-USAGE: Cannot look into two versions/);
  await call('commit images');
  assert.match((await call('export images ../x --format csv')).stderr, /TG-DATA-FORMAT: Cannot read data\.images as rows/);
});

test('a log says what each version has more, who has committed it, and knows in a clone what was never run there', async (t) => {
  const { call, write, git } = place(t);
  await call('commit images');
  git('add', 'tidegate.lock');
  git('commit', '-qm', 'First images');
  write('images/2.png', 'two');
  await call('commit images');
  git('commit', '-qam', 'One more');
  write('images/3.png', 'three');
  await call('commit images');
  const lines = (await call('log images')).stdout.trimEnd().split('\n');
  assert.match(lines[0] ?? '', /^[0-9a-f]{12} \(pinned\) .* 3 files \(\+1\) .* \(\+5 B\) +pass +run r-/);
  assert.match(lines[1] ?? '', / 2 files \(\+1\) .* Ada: One more$/);
  assert.match(lines[2] ?? '', / 1 file .* Ada: First images$/);
  await call('push images');
  const clone = (await call('log images', 'other')).stdout.trimEnd().split('\n');
  assert.equal(clone.length, 2);
  assert.match(clone[0] ?? '', / 2 files \(\+1\) .* Ada: One more$/);
  assert.match((await call('ls images@HEAD~1')).stdout, /images\//);
  assert.match((await call('cat images@HEAD ./images/2.png')).poured.toString(), /^two/);
  assert.match((await call('log sales')).stdout, /data\.sales has no version yet: tidegate data commit sales/);
});

test('what verify finds damaged it fetches from the remote, and says what nobody has', async (t) => {
  const { path, call } = place(t);
  await call('commit images');
  const damage = async (): Promise<void> => {
    const { files } = JSON.parse((await call('ls images images --json')).stdout) as {
      readonly files: readonly { readonly digest: string }[];
    };
    const digest = files[0]?.digest ?? assert.fail();
    const object = join(path('..'), 'home/objects', digest.slice(7, 9), digest.slice(9));
    chmodSync(object, 0o644);
    writeFileSync(object, 'damaged');
  };
  await call('push images');
  await damage();
  const repaired = await call('verify images');
  assert.match(repaired.stdout, /: sound; 1 damaged file fetched anew from the remote\.\n$/);
  assert.equal(repaired.code, 0);
  assert.match((await call('verify images')).stdout, /: sound\.\n$/);
  rmSync(path('../remote'), { recursive: true });
  await damage();
  const lost = await call('verify images');
  assert.equal(lost.code, 1);
  assert.match(lost.stdout, /1 damaged, 0 missing.*\n {2}! images\/1\.png\n {2}Bring it back: "tidegate data add images"/);
  await call('add images');
  assert.equal((await call('verify images')).code, 0);
});
