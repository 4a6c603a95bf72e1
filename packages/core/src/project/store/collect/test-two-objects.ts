import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { makeTestProject, type TestProject } from '../../test-project.ts';

/** Content of the object that has a file of its own. */
export const large = 'large '.repeat(5_000);

/** A project with a result of a small and one of a large object. */
export async function madeTwoObjects(t: TestContext): Promise<TestProject> {
  const at = makeTestProject(t, {
    'tidegate.yaml': `version: 1
project: copies
steps:
  small: { run: [cp, a.txt, one.txt], out: { one: one.txt } }
  large: { run: [cp, b.txt, two.txt], out: { two: two.txt } }
`,
    'a.txt': 'small',
    'b.txt': large,
  });
  assert.equal((await at.run()).record.status, 'succeeded');
  return at;
}
