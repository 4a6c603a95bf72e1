import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Person, personAt, sound } from '../test-person.ts';

/** A repository with a project whose data is not in Git, and a home of its own. */
export interface Rig extends Person {
  /** Goes with the test. */
  readonly folder: string;
  readonly root: string;
  readonly home: string;
  /** Runs the dataset's step, which pins it, and commits the lock. */
  readonly commitData: (subject: string) => void;
}

export const yaml = `version: 1
data:
  towns: { from: { files: data/towns/*.csv } }
  rivers: { from: { files: data/rivers.csv } }
`;

export function makeRig(t: TestContext, below = '.'): Rig {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tidegate-hooks-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [root, home] = [join(folder, 'repository'), join(folder, 'home')];
  const person = personAt({ root, project: join(root, below), home });
  sound(person.git('init', '-q', '-b', 'main'));
  person.write({ 'tidegate.yaml': yaml, '.gitignore': 'data/\n', 'data/towns/a.csv': 'name\nOban\n', 'data/rivers.csv': 'name\nAwe\n' });
  const commitData = (subject: string): void => {
    sound(person.tidegate('run'));
    sound(person.git('add', '.'));
    sound(person.git('commit', '-q', '-m', subject));
  };
  return { ...person, folder, root, home, commitData };
}
