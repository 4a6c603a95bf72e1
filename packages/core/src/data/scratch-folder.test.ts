import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { exists, mkdir, rm, tmpdir } from '../platform/index.ts';
import { scratchFolder } from './scratch-folder.ts';

test('what a killed process left is removed, what a running one has stays', async () => {
  const left = join(tmpdir(), 'tidegate-data-4194999-x'); // above the largest id that Linux gives
  const used = join(tmpdir(), `tidegate-data-${process.ppid}-test`);
  await mkdir(join(left, 'deep'), { recursive: true });
  await mkdir(used, { recursive: true });
  try {
    await rm(await scratchFolder(), { recursive: true });

    assert.deepEqual([await exists(left), await exists(used)], [false, true]);
  } finally {
    await rm(used, { recursive: true });
  }
});
