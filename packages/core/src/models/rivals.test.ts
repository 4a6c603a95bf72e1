import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Signature } from '@tidegate/formats';
import { whyNoRivals } from './rivals.ts';

function classifier(...classes: readonly string[]): Signature {
  return { task: classes.length === 2 ? 'binary' : 'multiclass', inputs: [], classes };
}

test('models of the same classes in the same order are rivals, however the classes are written', () => {
  assert.equal(whyNoRivals(classifier('0', '1'), classifier('false', 'true')), null);
});

test('other tasks, other classes and another order are told', () => {
  const rename = 'a model for another purpose needs a name of its own';

  assert.equal(
    whyNoRivals({ task: 'regression', inputs: [], classes: [] }, classifier('0', '1')),
    `The champion's task is regression, the candidate's binary: ${rename}`,
  );
  assert.equal(
    whyNoRivals(classifier('a', 'b', 'c'), classifier('a', 'b', 'd')),
    `The champion tells a, b, c apart, the candidate a, b, d: ${rename}`,
  );
  assert.notEqual(whyNoRivals(classifier('late', 'on time'), classifier('on time', 'late')), null);
});
