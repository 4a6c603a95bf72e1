import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openEngine, quoteText } from '@tidegate/runtime';
import { shop } from '../../packages/core/src/project/test-shop.ts';
import { blocksOf } from '../../tools/docs/blocks.ts';
import { openPageStage, type PageStage } from '../rig/page-stage.ts';

/** docs/how-to/score-a-batch.md: its commands, line by line, on a small project of another kind. */
test('the commands of the page of batches do what the page says', async () => {
  await using at = await openPageStage('penguins');
  for (const name of readdirSync(at.folder)) rmSync(join(at.folder, name), { recursive: true });
  for (const [path, text] of Object.entries(shop())) {
    mkdirSync(dirname(join(at.folder, path)), { recursive: true });
    writeFileSync(join(at.folder, path), text);
  }
  await play(at, 'git init -q && git add . && git commit -qm Start && tidegate run --to production');
  const csv = await writeOctober(at.folder);
  const [score = '', asOf = '', receipts = '', replay = ''] = blocksOf('docs/how-to/score-a-batch.md').map(({ text }) => text);

  const scored = await play(at, score);
  const atOneMoment = await play(at, asOf);
  const listed = await play(at, receipts);
  await ask(at);
  const replayed = await play(at, replay);

  assert.match(
    scored,
    /^4 rows = 4 scored \+ 0 quarantined\.\nRelease \w{12}, live in production, model late \w{12}, as of 2013-10-01 00:00 UTC to 2013-10-04 00:00 UTC by the column moment\./,
  );
  assert.match(scored, /Scored rows: scored\.parquet/);
  assert.match(atOneMoment, /^5 rows = 4 scored \+ 1 quarantined\.\n {2}TG-SCORE-CSV: 1 row\n.*, as of 2013-10-01 00:00 UTC\./s);
  assert.match(atOneMoment, /Quarantine: scored\.quarantine\.csv/);
  assert.equal(readFileSync(join(at.folder, 'scored.csv'), 'utf8').split('\n').length, csv);
  assert.match(listed, /They had been scored before, and the files are there: nothing was done\./);
  assert.match(listed, /ended .*\n.*october\.(?:csv|parquet)\n.*october/s);
  assert.match(
    replayed,
    /delivery-api in production: 1 prediction logged since 2013-10-01 00:00 UTC until 2013-10-04 00:00 UTC, by 1 release\.\n.*1 row compared: 1 with the same prediction/,
  );
});

/** A row each day, and in the CSV file a line that is none. @returns lines of the scored CSV file, with its header and what follows its last line end */
async function writeOctober(folder: string): Promise<number> {
  using engine = await openEngine({ threads: 1 });
  const rows = "SELECT 'Ulm' AS town, i AS distance, TIMESTAMP '2013-10-01' + INTERVAL (i) DAY AS moment FROM range(4) t(i)";
  await engine.run(`COPY (${rows}) TO ${quoteText(join(folder, 'october.parquet'))}`);
  writeFileSync(join(folder, 'october.csv'), 'town,distance\nUlm,1\nBonn\nUlm,2\nUlm,3\nUlm,4\n');
  return 6;
}

async function ask(at: PageStage): Promise<void> {
  const { environments } = JSON.parse(await play(at, 'tidegate status --json 2>/dev/null')) as {
    readonly environments: readonly { readonly name: string; readonly address: string }[];
  };
  const address = environments.find(({ name }) => name === 'production')?.address ?? '';
  const body = JSON.stringify({ at: '2013-10-02T00:00:00Z', rows: [{ town: 'Ulm', distance: 7 }] });
  const answer = await fetch(`${address}/v1/predict`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  assert.equal(answer.status, 200, await answer.text());
  while ((await at.sh('tidegate score --replay production')).code === 4) await delay(100); // the log is written a moment after the answer
}

async function play(at: PageStage, text: string): Promise<string> {
  const { code, printed } = await at.sh(text);
  assert.equal(code, 0, printed);
  return printed;
}
