import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { findBreaches } from './architecture.ts';

const root = resolve(import.meta.dirname, '../..');

test('every import follows the tables of ARCHITECTURE.md', () => {
  const breaches = findBreaches(root).map((breach) => `${breach.file}:${breach.line} ${breach.imports}: ${breach.why}`);

  assert.deepEqual(breaches, []);
});

test('an upward, a sideways, a deep and an effectful import are each found', (t) => {
  const copy = mkdtempSync(join(tmpdir(), 'tidegate-architecture-'));
  t.after(() => rmSync(copy, { recursive: true }));
  cpSync(join(root, 'ARCHITECTURE.md'), join(copy, 'ARCHITECTURE.md'));
  const write = (path: string, text: string): void => {
    mkdirSync(join(copy, path, '..'), { recursive: true });
    writeFileSync(join(copy, path), text);
  };
  write('packages/core/src/store/index.ts', "import type { A } from '../deploy/index.ts';\n");
  write('packages/core/src/config/index.ts', "export { b } from '../store/index.ts';\n");
  write('packages/core/src/data/index.ts', "import { c } from '../store/objects.ts';\n");
  write('packages/core/src/models/index.ts', "import { readFile } from 'node:fs/promises';\nimport leftpad from 'leftpad';\n");
  write('packages/formats/src/index.ts', "import { x } from '@tidegate/core';\n");
  write('packages/core/src/surprise/index.ts', '');
  write('packages/serving/src/serve.ts', "import { d } from '../../runtime/src/test-rig.ts';\n");
  write(
    'packages/serving/src/serve.test.ts',
    "import { d } from '../../runtime/src/test-rig.ts';\nimport { e } from '../../core/src/test-rig.ts';\n",
  );

  const found = findBreaches(copy).map((breach) => `${breach.file} ${breach.imports}`);

  assert.deepEqual(found.toSorted(), [
    'packages/core/src/config/index.ts ../store/index.ts',
    'packages/core/src/data/index.ts ../store/objects.ts',
    'packages/core/src/models/index.ts leftpad',
    'packages/core/src/models/index.ts node:fs/promises',
    'packages/core/src/store/index.ts ../deploy/index.ts',
    'packages/core/src/surprise ',
    'packages/formats/src/index.ts @tidegate/core',
    'packages/serving/src/serve.test.ts ../../core/src/test-rig.ts',
    'packages/serving/src/serve.ts ../../runtime/src/test-rig.ts',
  ]);
});
