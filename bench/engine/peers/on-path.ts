import { spawnSync } from 'node:child_process';
import type { Installed } from '../peer.ts';

/** A program of the machine, found by asking for its version; null when it is not there. */
export function onPath(argv: readonly [string, ...string[]], variables: Readonly<Record<string, string>> = {}): Installed | null {
  const { status, stdout } = spawnSync(argv[0], ['--version'], { encoding: 'utf8' });
  const version = /\d+\.\d+(\.\d+)?/.exec(stdout ?? '')?.[0];
  return status !== 0 || version === undefined ? null : { version, argv, variables: () => variables };
}
