import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { blocksOf } from '../../tools/docs/blocks.ts';
import { openPageStage } from '../rig/page-stage.ts';

/** docs/reference/features.md: its definitions and cases take the place of those of the example, over two months of its data. */
test('the definitions of the page of features give sets, its cases pass, and a view is joined twice', async () => {
  await using at = await openPageStage('flight-delays');
  const [definitions = '', twice = '', cases = ''] = blocksOf('docs/reference/features.md').map(({ text }) => text);
  const run = async (line: string): Promise<string> => {
    const { code, printed } = await at.sh(line);
    assert.equal(code, 0, printed);
    return printed;
  };
  const write = (path: string, text: string): void => writeFileSync(join(at.folder, path), text);
  await run('tidegate exec -- python prepare_data.py --months 2013-01 2013-02');
  for (const name of readdirSync(join(at.folder, 'tests/features'))) rmSync(join(at.folder, 'tests/features', name));
  write('features/delay.yaml', definitions);
  write('tests/features/page.yaml', cases);

  assert.match(await run('tidegate test features'), /passed 2, failed 0/);
  await run('tidegate run features.delay');
  assert.match(await run('tidegate features'), /aircraft_delays .* last_arr_delay, mean_arr_delay/);
  assert.match(await run('tidegate features materialise'), /weather: values of 3 entities written/);
  assert.match(await run('tidegate features'), /online: weather as of \S+Z, newest event 2013-0[23]-\S+Z/);

  const views = twice
    .replace(/^#.*\n/, '')
    .replaceAll(/^/gm, '    ')
    .trimEnd();
  write('features/delay.yaml', `${definitions.replace(/^ {4}views: .*$/m, '').trimEnd()}\n${views}\n`);
  await run('tidegate run features.delay');
  assert.match(await run('tidegate features --json'), /"weather_dest__temp"/);
  assert.ok(readFileSync(join(at.folder, 'build/features/delay/test.parquet')).length > 0);
});
