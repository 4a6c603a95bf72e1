import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDataset } from './test-dataset.ts';

/** As Git LFS 3.3.0 writes it. */
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'4d7a'.repeat(16)}\nsize 12345\n`;

test('a pointer of Git LFS is no data: it is refused by its name, whatever the file is called', async () => {
  for (const name of ['a.parquet', 'a.csv', 'a.png']) {
    await using dataset = await testDataset();
    await dataset.write(name, pointer);
    await assert.rejects(dataset.run(), new RegExp(`TG-DATA-POINTER: Cannot read "${name}": it is a pointer of Git LFS`));
  }
});
