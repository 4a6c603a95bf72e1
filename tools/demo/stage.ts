import { homedir, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { type Commands, commandsIn } from './commands.ts';
import { type Interruption, noteInterruption } from './interruption.ts';
import { type Narrator, narrator } from './narrator.ts';

/** Where the story plays, who tells it, and the commands that do the work. */
export interface Stage {
  /** The checkout. */
  readonly repository: string;
  /** Everything of the demo, cleared away at its next start. */
  readonly place: string;
  /** The user's project: a copy of the example with a repository of its own. */
  readonly project: string;
  readonly commands: Commands;
  readonly story: Narrator;
  readonly interruption: Interruption;
}

const repository = resolve(import.meta.dirname, '../..');

/** The example that the project is a copy of. */
export const example = join(repository, 'examples/flight-delays');

/** The one report of the whole story. */
export const report = join(repository, 'build/demo/story.html');

export function openStage(): Stage {
  const place = join(tmpdir(), `tidegate-demo-${userInfo().username}`);
  const project = join(place, 'flight-delays');
  const variables = {
    TIDEGATE_HOME: join(place, 'home'),
    // Virtual environments can be shared: they are found by the digest of their lock. Everything else starts empty.
    TIDEGATE_VIRTUAL_ENVIRONMENTS:
      process.env['TIDEGATE_VIRTUAL_ENVIRONMENTS'] ??
      join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tidegate', 'virtual-environments'),
  };
  const interruption = noteInterruption();
  const commands = commandsIn({ repository, project, variables }, interruption);
  return { repository, place, project, commands, story: narrator(), interruption };
}
