import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command } from './command.ts';
import { registry } from './registry.ts';
import { callCommandLine } from './test-command-line.ts';
import { optionsOfAll, verbAlone } from './verb-alone.ts';

const command: Command = {
  name: 'boat',
  summary: 'Look after boats',
  usage: '[list | paint NAME [--red | --colour COLOUR] | paint --all [--dry-run] | sink NAME [--dry-run]]',
  options: {
    red: { type: 'boolean', help: 'paint: in red' },
    colour: { type: 'string', value: 'COLOUR', help: 'With "paint NAME": in this colour' },
    'dry-run': { type: 'boolean', help: 'paint, sink: only say so' },
    all: { type: 'boolean', help: 'Of every boat' },
    harbour: { type: 'string', value: 'NAME', help: 'Where the boats are' },
  },
  examples: [
    { line: 'tidegate boat', does: 'every boat' },
    { line: 'tidegate boat paint ada', does: 'the boat in its own colour' },
  ],
  run: () => Promise.resolve(0),
};

test('a verb alone has its forms, the options that these name or all take, and its examples', () => {
  const { name, summary, usage, options, examples } = verbAlone(command, 'paint') ?? command;

  assert.deepEqual([name, summary], ['boat paint', 'the boat in its own colour']);
  assert.equal(usage, 'NAME [--red | --colour COLOUR] | --all [--dry-run]');
  assert.deepEqual(
    Object.entries(options).map(([option, { help }]) => `${option}: ${help}`),
    ['red: In red', 'colour: With NAME: in this colour', 'dry-run: Only say so', 'all: Of every boat', 'harbour: Where the boats are'],
  );
  assert.deepEqual(examples, [command.examples[1]]);
  assert.deepEqual(Object.keys(verbAlone(command, 'sink')?.options ?? {}), ['dry-run', 'harbour']);
});

test('the first verb has the example of the command without any, and a verb that is not there is none', () => {
  assert.equal(verbAlone(command, 'list')?.summary, 'every boat');
  assert.equal(verbAlone(command, 'buy'), null);
});

test('help of a command of verbs lists each with what it does, help of one its options', async () => {
  const all = (await callCommandLine(['data', '--help'])).stdout;
  const one = (await callCommandLine(['help', 'data', 'drift'])).stdout;

  assert.match(all, /^ +tidegate data anomalies NAME\[@VERSION\] +what looks unusual/m);
  assert.doesNotMatch(all, /--against/);
  assert.match(one, /^tidegate data drift: .*\n\nUsage: tidegate data drift NAME \[OLD \[NEW\]\] \[--against/);
  assert.match(one, /--markdown +As Markdown/);
  assert.equal((await callCommandLine(['data', 'drift', '--help'])).stdout, one);
});

test('every option of a command of verbs is named where it may stand, or all verbs take it', async () => {
  const everywhere: { readonly [command: string]: readonly string[] } = { data: ['remote', 'zone'], remote: ['remote', 'zone'] };
  for (const { load } of registry) {
    const { command: found } = await load();
    if (!/^\[?[a-z]/.test(found.usage)) continue;
    assert.deepEqual(Object.keys(optionsOfAll(found)), everywhere[found.name] ?? [], found.name);
  }
});
