import type { Command } from '../command.ts';
import { commandOfVerbsAnywhere } from '../verb.ts';
import { diff } from './contract/diff.ts';
import { exportVerb } from './contract/export.ts';
import { importVerb } from './contract/import.ts';
import { lint } from './contract/lint.ts';
import { test } from './contract/test.ts';

export const command: Command = commandOfVerbsAnywhere({
  name: 'contract',
  summary: 'Look over data contracts, judge data by them, and bring checks from and to other tools',
  verbs: [lint, test, diff, importVerb, exportVerb],
});
