import type { Command } from '../command.ts';
import { commandOfVerbsAnywhere } from '../verb.ts';
import { lint } from './contract/lint.ts';

export const command: Command = commandOfVerbsAnywhere({
  name: 'contract',
  summary: 'Look over data contracts, also those of no project',
  verbs: [lint],
});
