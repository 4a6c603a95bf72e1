import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TidegateError } from '@tidegate/formats';
import { readCommandLine } from './read-command-line.ts';

async function refused(line: string): Promise<readonly (string | null)[]> {
  const error: unknown = await readCommandLine(line.split(' ')).then(
    () => assert.fail(`"${line}" is taken`),
    (found: unknown) => found,
  );
  assert.ok(error instanceof TidegateError);
  const [{ code, message, hint }] = error.diagnostics;
  assert.equal(code, 'TG-CLI-USAGE');
  return [message, hint];
}

test('a command, an option and a verb that do not exist are refused with the nearest', async () => {
  assert.deepEqual(await refused('rnu'), ['Cannot find the command "rnu"', 'Did you mean "tidegate run"?']);
  assert.deepEqual(await refused('run --too production'), ["Cannot read the command line: Unknown option '--too'", 'Did you mean "--to"?']);
  assert.deepEqual(await refused('data sho flights'), [
    'Cannot run "data sho": there is no such command',
    'Did you mean "tidegate data show"?',
  ]);
  assert.deepEqual(await refused('store flights'), [
    'Cannot run "store flights": there is no such command',
    'Commands: show, gc, pack, fsck, scrub, pin, unpin, export, import',
  ]);
  const [, verbs] = await refused('data flights');
  assert.match(verbs ?? '', /^Commands: list, show, profile, status, add, commit, /); // which has "add" in two forms
});

test('an argument that is missing and one too many are refused with the usage', async () => {
  assert.deepEqual(await refused('deploy'), [
    'Cannot run "tidegate deploy": ENV is missing',
    'Usage: tidegate deploy ENV [RELEASE], for example: tidegate deploy production',
  ]);
  assert.deepEqual(await refused('status production'), [
    'Cannot run "tidegate status": it takes no argument, found "production"',
    'Usage: tidegate status [--watch], for example: tidegate status --watch',
  ]);
  assert.equal((await refused('data show'))[0], 'Cannot run "tidegate data show": NAME is missing');
  assert.equal((await refused('data list a'))[0], 'Cannot run "tidegate data list": it takes no argument, found "a"');
  assert.equal((await refused('data diff a b c d'))[0], 'Cannot run "tidegate data diff": it takes 3 arguments, found "d"');
  assert.equal((await refused('rollback production prices'))[0], 'Cannot run "tidegate rollback": it takes one argument, found "prices"');
});

test('what follows -- is passed on untouched, and any number of steps is taken', async () => {
  const exec = await readCommandLine(['exec', '--', 'python', '--help', 'train.py']);
  assert.ok('rest' in exec);
  assert.deepEqual(exec.rest, ['python', '--help', 'train.py']);
  const run = await readCommandLine(['run', 'a', 'b', 'c', '--to', 'x', '--force', 'a', '--force', 'b', '-v']);
  assert.ok('positionals' in run);
  assert.deepEqual(
    [run.positionals, run.text('to'), run.texts('force'), run.flag('verbose'), run.flag('again')],
    [['a', 'b', 'c'], 'x', ['a', 'b'], true, false],
  );
});

test('help is asked for by an option anywhere before --', async () => {
  const line = await readCommandLine(['data', 'nonsense', '--help']);

  assert.equal('helpOf' in line && line.helpOf.name, 'data');
});
