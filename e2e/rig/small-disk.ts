import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A disk of a few megabytes at a folder. */
export interface SmallDisk {
  /** Leaves so many bytes of it. */
  readonly fill: (left: number) => void;
  /** Gives all of it back that nothing lies on. */
  readonly free: () => void;
}

/** Mounts one, that goes with the test. */
export function smallDisk(t: TestContext, folder: string): SmallDisk {
  mkdirSync(folder, { recursive: true });
  const mount = (options: string): void => {
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tidegate-test', folder], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  };
  mount('size=6m');
  t.after(() => spawnSync('umount', ['--lazy', folder]));
  return {
    fill: (left) => {
      const { blocks, bfree, bsize } = statfsSync(folder);
      mount(`remount,size=${Math.max(4096, (blocks - bfree) * bsize + left)}`);
    },
    free: () => mount('remount,size=6m'),
  };
}

/** Why none can be mounted here; false when it can. */
export function withoutMounts(): string | false {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-mount-'));
  try {
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tidegate-test', folder]).status === 0) {
      spawnSync('umount', [folder]);
      return false;
    }
    return 'it needs the right to mount a disk of a few megabytes (root)';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
