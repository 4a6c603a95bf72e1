import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command } from './command.ts';
import type { registry } from './registry.ts';
import { callCommandLine } from './test-command-line.ts';

/** A command line with one command, `break`, that does what it is told. */
function commandThat(run: Command['run']): typeof registry {
  const command: Command = { name: 'break', summary: 'Break', usage: '', options: {}, examples: [], run };
  return [{ name: 'break', summary: 'Break', load: async () => ({ command }) }];
}

const errorsIn = (stdout: string): readonly { readonly code: string; readonly message: string }[] =>
  (JSON.parse(stdout) as { readonly errors: readonly { readonly code: string; readonly message: string }[] }).errors;

test('an option of every command may stand before the command', async () => {
  const before = await callCommandLine(['--json', 'status']);
  const after = await callCommandLine(['status', '--json']);

  assert.deepEqual(before, after);
  assert.equal(errorsIn(before.stdout)[0]?.code, 'TG-CLI-NO-PROJECT');
  assert.equal(before.code, 2);
});

test('help of a command is asked for in three ways', async () => {
  const help = await callCommandLine(['run', '--help']);

  assert.match(help.stdout, /^tidegate run: /);
  assert.deepEqual(await callCommandLine(['help', 'run']), help);
  assert.deepEqual(await callCommandLine(['--help', 'run']), help);
});

test('help is told as data with --json: all commands, and the options and examples of one', async () => {
  const all = JSON.parse((await callCommandLine(['--help', '--json'])).stdout) as { commands: readonly { name: string }[] };
  const one = JSON.parse((await callCommandLine(['log', '--help', '--json'])).stdout) as Command;

  assert.ok(all.commands.some(({ name }) => name === 'log'));
  assert.equal(one.name, 'log');
  assert.equal(one.options['limit']?.short, 'n');
  assert.match(one.examples[0]?.line ?? '', /^tidegate log/);
});

test('help of a command that does not exist and an option that does not exist are refused', async () => {
  const command = await callCommandLine(['help', 'rnu']);
  const option = await callCommandLine(['--jsn']);

  assert.equal(command.code, 2);
  assert.match(command.stderr, /Cannot find the command "rnu"\n.*Did you mean "tidegate run"\?/);
  assert.equal(option.code, 2);
  assert.match(option.stderr, /there is no option "--jsn"/);
});

test('a mistake of ours ends with 70: as data with --json, the stack on stderr only', async () => {
  const commands = commandThat(() => Promise.reject(new TypeError('x is undefined')));

  const plain = await callCommandLine(['break'], { commands });
  const json = await callCommandLine(['break', '--json'], { commands });

  assert.deepEqual([plain.code, json.code], [70, 70]);
  assert.match(plain.stderr, /TG-CLI-BUG.*x is undefined[^]*at /);
  assert.equal(plain.stdout, '');
  assert.equal(errorsIn(json.stdout)[0]?.code, 'TG-CLI-BUG');
  assert.doesNotMatch(json.stdout, /command-line\.test\.ts/);
});

test('what goes wrong after Ctrl-C is told as a stop: as data with --json', async () => {
  const stopping = new AbortController();
  const commands = commandThat(() => {
    stopping.abort();
    return Promise.reject(new Error('aborted'));
  });

  const json = await callCommandLine(['break', '--json'], { commands, signal: stopping.signal });
  const plain = await callCommandLine(['break'], { commands, signal: stopping.signal });

  assert.deepEqual([plain.code, json.code], [130, 130]);
  assert.deepEqual(
    errorsIn(json.stdout).map(({ code }) => code),
    ['TG-CLI-STOPPED'],
  );
  assert.equal(plain.stderr, 'Stopped. Run the same command again to go on where it was.\n');
});

const coloured = /\x1b\[/;
const colours = async (streams: readonly ('stdout' | 'stderr')[], variables: { readonly [name: string]: string } = {}): Promise<string> => {
  const commands = commandThat(async ({ terminal }) => {
    terminal.line(terminal.style('red', 'line'));
    terminal.error(terminal.style('red', 'error'));
    return 0;
  });
  const { stdout, stderr } = await callCommandLine(['break'], { commands, variables, terminals: streams });
  return [...(coloured.test(stdout) ? ['stdout'] : []), ...(coloured.test(stderr) ? ['stderr'] : [])].join(' ');
};

test('each stream is coloured only where it is a terminal itself', async () => {
  assert.equal(await colours(['stdout', 'stderr']), 'stdout stderr');
  assert.equal(await colours(['stdout']), 'stdout');
  assert.equal(await colours(['stderr']), 'stderr');
  assert.equal(await colours([]), '');
});

test('NO_COLOR, a dumb terminal and FORCE_COLOR are obeyed, the last before the others', async () => {
  assert.equal(await colours(['stdout', 'stderr'], { NO_COLOR: '1' }), '');
  assert.equal(await colours(['stdout', 'stderr'], { TERM: 'dumb' }), '');
  assert.equal(await colours(['stdout', 'stderr'], { FORCE_COLOR: '0' }), '');
  assert.equal(await colours([], { FORCE_COLOR: '1' }), 'stdout stderr');
  assert.equal(await colours([], { FORCE_COLOR: '1', NO_COLOR: '1' }), 'stdout stderr');
});

test('words for people go to stderr when stdout carries JSON, coloured as stderr is', async () => {
  const commands = commandThat(async ({ terminal }) => {
    terminal.line(terminal.style('green', 'done'));
    terminal.json({ done: true });
    return 0;
  });

  const { stdout, stderr } = await callCommandLine(['break', '--json'], { commands, terminals: ['stderr'] });

  assert.deepEqual(JSON.parse(stdout), { done: true });
  assert.match(stderr, /\x1b\[32mdone/);
});
