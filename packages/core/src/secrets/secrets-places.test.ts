import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { secretsFromPlaces } from './secrets-places.ts';

interface Stage {
  readonly home: string;
  /** Asks as a project in a folder of the home does. */
  readonly ask: (project: string, name: string) => Promise<string | null>;
  readonly write: (path: string, text: string, mode?: number) => void;
}

function makeStage(t: TestContext, secretsYaml: string, mode = 0o600): Stage {
  const home = mkdtempSync(join(tmpdir(), 'tidegate-places-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const write: Stage['write'] = (path, text, permissions = 0o600) => {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
    chmodSync(join(home, path), permissions);
  };
  write('.config/tidegate/secrets.yaml', secretsYaml, mode);
  return {
    home,
    write,
    ask: (project, name) => {
      const root = join(home, project);
      mkdirSync(root, { recursive: true });
      return secretsFromPlaces({ variables: { HOME: home, PATH: process.env['PATH'] }, root })(name);
    },
  };
}

const yaml = (text: string): string => `version: 1\nsecrets:\n${text}`;

test('a secret comes from the file or the command that the user names for it, for projects below a folder and for no other', async (t) => {
  const text = yaml(
    '  ~/projects/shop:\n    A: { file: ~/.secrets/a }\n    B: { command: printf "value of B" }\n  ~/projects: { A: { command: echo farther }, C: { command: echo c } }\n',
  );
  const { ask, write } = makeStage(t, text);
  write('.secrets/a', 'value of A\n');

  assert.equal(await ask('projects/shop', 'A'), 'value of A');
  assert.equal(await ask('projects/shop/deep', 'B'), 'value of B');
  assert.equal(await ask('projects/shop', 'C'), 'c');
  assert.equal(await ask('projects/other', 'A'), 'farther');
  assert.equal(await ask('projects/shopping', 'B'), null);
  assert.equal(await ask('elsewhere', 'A'), null);
});

test('without the file nobody has a secret, and one that others may write to is refused', async (t) => {
  const { home, ask } = makeStage(t, yaml('  ~: { A: { command: echo a } }\n'), 0o666);

  await assert.rejects(ask('projects', 'A'), /TG-SECRETS-FILE: .* others than its owner can write to it/);
  rmSync(join(home, '.config'), { recursive: true });
  assert.equal(await ask('projects', 'A'), null);
});

test('what is wrong with the file, with a value or with a command is told, and no value with it', async (t) => {
  const { ask } = makeStage(
    t,
    yaml('  ~: { A: { file: ~/none }, B: { command: sh -c "echo planted-value; exit 3" }, C: { command: no-such-program-here } }\n'),
  );
  const both = makeStage(t, yaml('  ~: { A: { file: a, command: b } }\n'));
  const odd = makeStage(t, 'version: 1\nsecrets: { ~: { A: written-down-here } }\n');

  await assert.rejects(ask('projects', 'A'), /TG-SECRETS-FILE: .* there is no such file/);
  await assert.rejects(
    ask('projects', 'B'),
    (error: Error) => /TG-SECRETS-COMMAND: .* exit code 3/.test(error.message) && !error.message.includes('planted'),
  );
  await assert.rejects(ask('projects', 'C'), /TG-SECRETS-COMMAND: .* there is no program/);
  await assert.rejects(both.ask('projects', 'A'), /TG-SECRETS-FILE: .* "A" must have either "file" or "command"/);
  await assert.rejects(
    odd.ask('projects', 'A'),
    (error: Error) => /TG-CONFIG-INVALID/.test(error.message) && !error.message.includes('written-down'),
  );
  const open = makeStage(t, yaml('  ~: { A: { file: ~/a } }\n'));
  open.write('a', 'value', 0o644);
  await assert.rejects(open.ask('projects', 'A'), /TG-SECRETS-FILE: .* others than its owner can read it/);
});
