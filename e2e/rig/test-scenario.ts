import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { play, stage } from './play.ts';
import { readScenario } from './scenario.ts';

const folder = resolve(import.meta.dirname, '../scenarios');

/** In the order of their numbers; the first one is what everybody begins with. */
export const scenarios: readonly string[] = readdirSync(folder).sort();

/** Makes a test of a scenario. */
export function testScenario(name: string): void {
  const scenario = readScenario(join(folder, name));
  const missing = scenario.needs.find((program) => spawnSync(program, ['--version']).error !== undefined);
  const required = process.env['TIDEGATE_REQUIRE_SERVICES'] === '1';

  void test(scenario.title, { skip: missing !== undefined && !required && `"${missing}" is not on this machine` }, async () => {
    await using at = await stage(join(folder, name, 'project'));

    await play(scenario, at);
  });
}
