import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registry } from './registry.ts';
import { commandHelp } from './render/help.ts';

for (const entry of registry) {
  test(`tidegate ${entry.name} --help tells usage, every option and examples that start with the command`, async () => {
    const { command } = await entry.load();

    const help = commandHelp(command, { style: (_, text) => text }).join('\n');

    assert.equal(command.name, entry.name);
    assert.equal(command.summary, entry.summary);
    assert.ok(command.examples.length > 0);
    for (const { line } of command.examples) assert.match(line, new RegExp(`^tidegate ${entry.name}\\b`));
    for (const name of Object.keys(command.options)) assert.ok(help.includes(`--${name}`), name);
  });
}
