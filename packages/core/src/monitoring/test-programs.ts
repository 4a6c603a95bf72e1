import { spawnSync } from 'node:child_process';

/**
 * Why a test that needs a program is skipped: its reason, or false when the program is there. With `TIDEGATE_REQUIRE_SERVICES=1`
 * no test is skipped, and one without its program fails.
 */
export function skipWithout(program: string): string | false {
  if (process.env['TIDEGATE_REQUIRE_SERVICES'] === '1') return false;
  return spawnSync(program, ['--version']).error !== undefined && `"${program}" is not on this machine`;
}
