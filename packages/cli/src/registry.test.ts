import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCommandLine } from './read-command-line.ts';
import { registry } from './registry.ts';
import { commandHelp } from './render/help.ts';
import { formsOf } from './usage.ts';
import { verbAlone } from './verb-alone.ts';

for (const entry of registry) {
  test(`tidegate ${entry.name} --help tells usage, every option and examples that start with the command`, async () => {
    const { command } = await entry.load();

    const verbs = formsOf(command.usage).flatMap(({ verb }) => (verb === null ? [] : (verbAlone(command, verb) ?? [])));
    const help = [command, ...verbs].flatMap((one) => commandHelp(one, { style: (_, text) => text })).join('\n');

    assert.equal(command.name, entry.name);
    assert.equal(command.summary, entry.summary);
    assert.ok(command.examples.length > 0);
    for (const { line } of command.examples) assert.match(line, new RegExp(`^tidegate ${entry.name}\\b`));
    for (const name of Object.keys(command.options)) assert.ok(help.includes(`--${name}`), name);
  });
}

for (const entry of registry) {
  test(`the examples of tidegate ${entry.name} are command lines that it takes`, async () => {
    const { command } = await entry.load();

    for (const { line } of command.examples) {
      const read = await readCommandLine(wordsOf(line).slice(1));

      assert.ok('command' in read && read.command === command, line);
    }
  });
}

/** As a shell reads it, as far as examples go: words, and sentences in double quotes. */
function wordsOf(line: string): readonly string[] {
  return (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
}
