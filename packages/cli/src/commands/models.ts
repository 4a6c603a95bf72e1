import type { Command } from '../command.ts';
import { commandOfVerbs } from '../verb.ts';
import { compare } from './models/compare.ts';
import { exportVerb } from './models/export.ts';
import { importVerb } from './models/import.ts';
import { key } from './models/key.ts';
import { lineage } from './models/lineage.ts';
import { list } from './models/list.ts';
import { live } from './models/live.ts';
import { show } from './models/show.ts';
import { verify } from './models/verify.ts';

export const command: Command = commandOfVerbs({
  name: 'models',
  summary: 'Look at model versions, their metrics, cards and where they come from; hand them over, and verify them',
  verbs: [list, show, compare, lineage, live, importVerb, exportVerb, verify, key],
});
