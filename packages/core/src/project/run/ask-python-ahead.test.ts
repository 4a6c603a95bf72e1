import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemPlatform } from '../../platform/index.ts';
import { askPythonAhead } from './ask-python-ahead.ts';

test('the Python of a project with steps is known before its file is read, unless the file names another', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-ahead-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const known = async (name: string, text: string): Promise<number> => {
    const root = join(folder, name);
    mkdirSync(root);
    writeFileSync(join(root, 'tidegate.yaml'), text);
    const home = join(root, 'home');
    await askPythonAhead(root, { ...systemPlatform, variables: { ...systemPlatform.variables, TIDEGATE_HOME: home } });
    const memory = join(home, 'virtual-environments');
    return existsSync(memory) ? readdirSync(memory).filter((file) => file.startsWith('interpreter-')).length : 0;
  };

  assert.equal(await known('steps', 'steps:\n  train: { run: sh train.sh }\n'), 1);
  assert.equal(await known('named', 'python: { interpreter: python3.9 }\nsteps:\n  train: { run: sh train.sh }\n'), 0);
  assert.equal(await known('data', 'data:\n  flights: { from: data/*.csv }\n'), 0);
  await askPythonAhead(join(folder, 'nowhere'), systemPlatform); // what is wrong is told by whoever opens it
});
