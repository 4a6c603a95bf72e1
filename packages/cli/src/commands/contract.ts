import type { Command } from '../command.ts';
import { commandOfVerbsAnywhere } from '../verb.ts';
import { diff } from './contract/diff.ts';
import { exportVerb } from './contract/export.ts';
import { importVerb } from './contract/import.ts';
import { lint } from './contract/lint.ts';
import { test } from './contract/test.ts';

export const command: Command = commandOfVerbsAnywhere({
  name: 'contract',
  summary: 'Look over data contracts, and judge data by them, also outside a project',
  verbs: [lint, test, diff, importVerb, exportVerb],
});
