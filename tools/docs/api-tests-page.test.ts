import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { differences } from '../../packages/core/src/deploy/api-tests/differences.ts';
import { loadApiTests } from '../../packages/core/src/deploy/api-tests/load-api-tests.ts';
import { blocksOf } from './blocks.ts';

test('docs/reference/api-tests.md shows a failing case as it is told', async (t) => {
  const blocks = blocksOf('docs/reference/api-tests.md');
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-docs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'predict.yaml');
  writeFileSync(path, blocks[1]?.text ?? '');
  const [first] = await loadApiTests([{ name: 'predict.yaml', path }], { service: 'delay-api', services: ['delay-api'] });
  assert.ok(first?.expect.body);

  const told = differences(first.expect.body, { predictions: [{ prediction: 1.2, label: 'late' }] }, 'body');

  assert.equal(`${told.join('\n')}\n`, blocks.find(({ language }) => language === 'text')?.text);
});
