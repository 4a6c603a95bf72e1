import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml } from '../../packages/core/src/config/index.ts';
import { apiTestsShape } from '../../packages/core/src/deploy/api-tests/api-test.ts';
import { differences } from '../../packages/core/src/deploy/api-tests/differences.ts';
import { blocksOf } from './blocks.ts';

test('docs/reference/api-tests.md shows a failing case as it is told', () => {
  const blocks = blocksOf('docs/reference/api-tests.md');
  const tests = parseYaml('predict.yaml', blocks[1]?.text ?? '', apiTestsShape);
  assert.ok(tests.ok);
  const [first] = tests.value;
  assert.ok(first?.expect.body);

  const told = differences(first.expect.body, { predictions: [{ prediction: 1.2, label: 'late' }] }, 'body');

  assert.equal(`${told.join('\n')}\n`, blocks.find(({ language }) => language === 'text')?.text);
});
