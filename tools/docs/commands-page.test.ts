import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository } from './blocks.ts';
import { commandsPage, commandsPagePath } from './commands-page.ts';

test('the page of commands says what the command line says', async () => {
  assert.equal(readFileSync(join(repository, commandsPagePath), 'utf8'), await commandsPage(), 'write it anew: node tools/docs/main.ts');
});
