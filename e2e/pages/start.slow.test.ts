import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Block, blocksOf } from '../../tools/docs/blocks.ts';
import { openPageStage, type PageStage, type Played } from '../rig/page-stage.ts';

/** docs/start.md and docs/how-to/roll-back.md, played by the block: what they promise must come of it. */
test('the first ten minutes and the way back go as their pages say', async () => {
  await using at = await openPageStage(null);
  const inFolder = (name: string): string => join(at.folder, name);
  const [listing, script, make, file, run, gate, runAgain, live, ask, change, back] = textsOf('docs/start.md', 11);

  copyFileSync(join(import.meta.dirname, 'houses/houses.csv'), inFolder('houses.csv'));
  writeFileSync(inFolder('train.py'), script);
  for (const [command, printed] of transcriptOf(listing)) assert.deepEqual(wordsOf((await at.sh(command)).printed), wordsOf(printed));
  ends(await at.sh('python train.py'), 0);
  await at.sh('rm model.pkl');

  ends(await at.sh(make), 0);
  assert.equal(readFileSync(inFolder('tidegate.yaml'), 'utf8'), file);

  const first = ends(await at.sh(run), 4);
  assert.match(first, /verdict inconclusive/);
  assert.ok(existsSync(inFolder('build/report.html')));
  const [, proposed = ''] = /add to models\.price: (gate: .*)$/m.exec(first) ?? [];
  writeFileSync(inFolder('tidegate.yaml'), file.replace(/ \} \}\n$/, `, ${proposed} } }\n`));
  assert.match(ends(await at.sh(run), 0), /verdict pass/);
  writeFileSync(inFolder('tidegate.yaml'), `${file.replace(/^models: .*\n/m, '')}${gate}`);
  assert.match(ends(await at.sh(runAgain), 0), /verdict pass/);

  const deployed = ends(await at.sh(live), 0);
  const address = addressIn(deployed);
  assert.ok(deployed.split('\n').filter((line) => line.includes(address)).length > 1, 'status shows the address as well');
  assert.doesNotMatch(deployed, /uncommitted/);
  const request = ask.replace('http://127.0.0.1:8080', address);
  const price = (printed: string): number =>
    (JSON.parse(printed.slice(printed.indexOf('{"release"'))) as Answer).predictions[0]?.prediction ?? 0;
  const before = price(ends(await at.sh(request), 0));
  assert.ok(before > 100_000 && before < 500_000, `100 m² for ${before}`);
  assert.equal((await at.sh('git status --short')).printed, '');

  edit(inFolder('train.py'), (text) => text.replaceAll('LinearRegression', 'Ridge'));
  const better = ends(await at.sh(change), 0);
  assert.match(better, /data\.houses: unchanged/);
  assert.match(better, /against the champion's .* on the same \d+ rows/);
  assert.equal(addressIn(better), address);
  const after = price(ends(await at.sh(request), 0));
  assert.notEqual(after, before);

  edit(inFolder('train.py'), (text) => text.replace('.fit(houses, price)', '.fit(houses, price * 0.8)'));
  const worse = ends(await at.sh(change), 3);
  assert.match(worse, /fail: rmse is .* proven worse/);
  assert.match(worse, /Nothing was deployed/);
  assert.equal(price(ends(await at.sh(request), 0)), after);

  assert.equal(addressIn(ends(await at.sh(back), 0)), address);
  assert.equal(price(ends(await at.sh(request), 0)), before);

  await playRollBack(at);
});

interface Answer {
  readonly predictions: readonly { readonly prediction: number }[];
}

/** docs/how-to/roll-back.md, where the first release is live again and the second was gone back from. */
async function playRollBack(at: PageStage): Promise<void> {
  const [back, history, again, earlier] = textsOf('docs/how-to/roll-back.md', 4);
  const releases = [
    ...new Set([...ends(await at.sh(history), 0).matchAll(/release: sha256:([0-9a-f]{12})/g)].map(([, digits = '']) => digits)),
  ];
  const [first = '', second = ''] = releases;
  assert.equal(releases.length, 2);

  assert.match(ends(await at.sh('tidegate rollback production'), 1), /TG-DEPLOY-NOTHING-BEFORE/);
  edit(join(at.folder, 'train.py'), (text) => text.replace('price * 0.8', 'price'));
  assert.match(ends(await at.sh('git commit -a -m "As it was" && tidegate run --to production'), 3), /TG-DEPLOY-TAKEN-BACK/);
  assert.match(ends(await at.sh(again.replace(/[0-9a-f]{12}/, second)), 0), new RegExp(`release ${second} is live`));
  assert.match(ends(await at.sh(back), 0), new RegExp(`back to release ${first}`));
  assert.match(ends(await at.sh(history), 0), /too many late calls since noon/);
  assert.match(
    ends(await at.sh(`${again.replace(/[0-9a-f]{12}/, second)}\n${earlier.replace(/[0-9a-f]{12}/, first)}`), 0),
    new RegExp(`release ${first} is live`),
  );
}

/** The texts of a page's blocks; so many there are. */
function textsOf<N extends number>(page: string, count: N): Texts<N> {
  const texts = blocksOf(page).map(({ text }: Block) => text);
  assert.equal(texts.length, count, `${page} has other blocks than this test plays`);
  return texts as Texts<N>;
}

type Texts<N extends number, T extends readonly string[] = readonly []> = T['length'] extends N ? T : Texts<N, readonly [...T, string]>;

function ends({ code, printed }: Played, expected: number): string {
  assert.equal(code, expected, printed);
  return printed;
}

/** `$ command` and what it prints. */
function transcriptOf(text: string): readonly (readonly [command: string, printed: string])[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...printed] = part.split('\n');
      return [command, printed.join('\n')] as const;
    });
}

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function addressIn(printed: string): string {
  const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(printed) ?? [];
  assert.ok(address, printed);
  return address;
}

function edit(path: string, change: (text: string) => string): void {
  const text = readFileSync(path, 'utf8');
  assert.notEqual(change(text), text);
  writeFileSync(path, change(text));
}
