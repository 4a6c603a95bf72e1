import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemPlatform } from '../platform/index.ts';
import { findHome } from '../store/index.ts';
import { openSecrets } from './open-secrets.ts';
import { parseSecrets } from './secrets-file.ts';

type Opened = ReturnType<typeof openSecrets> & { readonly folder: string };

function opened(
  t: TestContext,
  variables: { readonly [name: string]: string } = {},
  folder = mkdtempSync(join(tmpdir(), 'tidegate-secrets-')),
): Opened {
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const platform = { ...systemPlatform, variables: { PATH: process.env['PATH'], TIDEGATE_HOME: join(folder, 'home'), ...variables } };
  return { ...openSecrets({ home: findHome(platform), platform, root: folder }), folder };
}

const inFile = (folder: string, text: string, mode = 0o600): void => {
  writeFileSync(join(folder, 'secrets.env'), text);
  chmodSync(join(folder, 'secrets.env'), mode);
};

test('a secret is looked for in a variable of its own, a file, a command and the variable of its name, in this order', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-secrets-'));
  inFile(folder, 'A=file\nB=file\n');
  writeFileSync(join(folder, 'vault.sh'), 'case $1 in D) ;; *) echo "command $1" ;; esac\n');
  const all = { A: 'plain', B: 'plain', C: 'plain', D: 'plain', E: '', TIDEGATE_SECRET_E: '' };
  const { value } = opened(
    t,
    { ...all, TIDEGATE_SECRET_A: 'own', TIDEGATE_SECRETS_FILE: 'secrets.env', TIDEGATE_SECRETS_COMMAND: 'sh vault.sh' },
    folder,
  );

  assert.deepEqual(await Promise.all(['A', 'B', 'C', 'D'].map(value)), ['own', 'file', 'command C', 'plain']);
  assert.deepEqual(await Promise.all(['E', 'F'].map(opened(t, all).value)), [null, null]);
});

test('a file of secrets that others can read is refused, and so are one that is not there and a line that is none', async (t) => {
  const { folder, value } = opened(t);
  const withFile = () => opened(t, { TIDEGATE_SECRETS_FILE: join(folder, 'secrets.env') }, folder);

  await assert.rejects(withFile().value('A'), /TG-SECRETS-FILE: .* there is no such file/);
  inFile(folder, 'A=long-enough\n', 0o640);
  await assert.rejects(withFile().value('A'), /TG-SECRETS-FILE: .* others than its owner can read it/);
  inFile(folder, 'A=long-enough\nthe-secret-alone\n');
  await assert.rejects(
    withFile().value('A'),
    (error: Error) => /TG-SECRETS-FILE: .* line 2 is no/.test(error.message) && !/the-secret-alone/.test(error.message),
  );
  inFile(folder, 'A=long-enough\n');
  assert.equal(await withFile().value('A'), 'long-enough');
  assert.equal(await value('A'), null);
});

test('values in a file may be quoted, go over lines and have comments beside them', () => {
  const text = `# comment\n\nexport A=plain value # beside\r\nB = 'single "quoted" # no comment'\nC="two\nlines\\n\\"three\\""\nD=\nE="x" # y`;

  assert.deepEqual(Object.fromEntries(parseSecrets(text, 'f')), {
    A: 'plain value',
    B: 'single "quoted" # no comment',
    C: 'two\nlines\n"three"',
    D: '',
    E: 'x',
  });
});

test('a command that fails is told without what it printed', async (t) => {
  const { value, folder } = opened(t, { TIDEGATE_SECRETS_COMMAND: 'sh vault.sh' });
  writeFileSync(join(folder, 'vault.sh'), 'echo leaked; echo leaked >&2; exit 3\n');
  const { value: none } = opened(t, { TIDEGATE_SECRETS_COMMAND: 'no-such-vault get' });

  await assert.rejects(
    value('A'),
    (error: Error) => /TG-SECRETS-COMMAND: .* exit code 3/.test(error.message) && !/leaked/.test(JSON.stringify(error)),
  );
  await assert.rejects(none('A'), /TG-SECRETS-COMMAND: .* no program "no-such-vault"/);
});

test('the key of the hashes is made once, readable by its owner only, and never a part of what it makes', async (t) => {
  const first = opened(t);
  const again = opened(t, {}, first.folder);

  const hashes = await Promise.all([first, again].map(({ hash }) => hash('TOKEN', 'correct-horse')));

  const path = join(first.folder, 'home/secret.key');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(hashes[0], hashes[1]);
  assert.match(hashes[0] ?? '', /^hmac-sha256:[0-9a-f]{64}$/);
  assert.notEqual(await first.hash('TOKEN', 'other-horse'), hashes[0]);
  assert.notEqual(await first.hash('OTHER', 'correct-horse'), hashes[0]);
  assert.notEqual(await opened(t).hash('TOKEN', 'correct-horse'), hashes[0]);
  const shared = opened(t, { TIDEGATE_SECRET_KEY: readFileSync(path, 'utf8').trim() });
  assert.equal(await shared.hash('TOKEN', 'correct-horse'), hashes[0]);
});

test('a key that others can read, or that is too short, is refused', async (t) => {
  const { folder, hash } = opened(t);
  await hash('A', 'long-enough');
  chmodSync(join(folder, 'home/secret.key'), 0o644);

  await assert.rejects(opened(t, {}, folder).hash('A', 'long-enough'), /TG-SECRETS-KEY: .* others than its owner/);
  await assert.rejects(opened(t, { TIDEGATE_SECRET_KEY: 'short' }).hash('A', 'long-enough'), /TG-SECRETS-KEY: .* it has 5 characters/);
});
