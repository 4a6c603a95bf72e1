import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceConformance } from '../source.conformance.ts';
import { filesSource } from './files-source.ts';

sourceConformance('a source of files', async () => {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-files-'));
  for (const name of ['a.csv', 'b.csv', 'c.txt']) writeFileSync(join(root, name), 'x\n1\n');
  return {
    source: filesSource({ files: ['*.csv', 'a.*'], except: [] }, { root }),
    missing: filesSource({ files: ['*.parquet'], except: [] }, { root }),
    unreachable: null,
    add: async () => writeFileSync(join(root, 'd.csv'), 'x\n2\n'),
    hidden: [],
    [Symbol.asyncDispose]: async () => rmSync(root, { recursive: true }),
  };
});
