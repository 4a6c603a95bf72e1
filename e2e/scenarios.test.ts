import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { play, stage } from './rig/play.ts';
import { readScenario } from './rig/scenario.ts';

const folder = join(import.meta.dirname, 'scenarios');

for (const name of readdirSync(folder).sort()) {
  const scenario = readScenario(join(folder, name));
  const missing = scenario.needs.find((program) => spawnSync(program, ['--version']).error !== undefined);
  const required = process.env['TIDEGATE_REQUIRE_SERVICES'] === '1';

  test(scenario.title, { skip: missing !== undefined && !required && `"${missing}" is not on this machine` }, async () => {
    await using at = await stage(join(folder, name, 'project'));

    await play(scenario, at);
  });
}
