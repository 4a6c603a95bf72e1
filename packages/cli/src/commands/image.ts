import type { Command } from '../command.ts';
import { commandOfVerbs } from '../verb.ts';
import { base } from './image/base.ts';
import { build } from './image/build.ts';
import { push } from './image/push.ts';

export const command: Command = commandOfVerbs({
  name: 'image',
  summary: 'Build container images of releases, with no daemon and no root, and push them to a registry',
  verbs: [build, push, base],
});
