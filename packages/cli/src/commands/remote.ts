import type { Command } from '../command.ts';
import { commandOfVerbs } from '../verb.ts';
import { gc } from './remote/gc.ts';
import { pull } from './remote/pull.ts';
import { push } from './remote/push.ts';
import { repair } from './remote/repair.ts';
import { servingOptions } from './remote/serving-options.ts';
import { status } from './remote/status.ts';
import { verify } from './remote/verify.ts';

const ofProjects = commandOfVerbs({
  name: 'remote',
  summary: 'Share results, data and histories with other machines',
  verbs: [push, pull, status, gc, verify, repair],
});

/** Verbs that have to do with no project. */
const withoutProject: { readonly [verb: string]: Command['run'] | undefined } = {
  serve: async (invocation) => (await import('./remote/serve.ts')).serve(invocation),
  token: async (invocation) => (await import('./remote/token.ts')).token(invocation),
};

export const command: Command = {
  ...ofProjects,
  usage: ofProjects.usage.replace(
    /\]$/,
    ' | serve FOLDER [--listen HOST:PORT] [--tokens FILE] [--certificate FILE] [--key FILE] [--plain] | token ZONE [--tokens FILE] [--name NAME]]',
  ),
  options: { ...ofProjects.options, ...servingOptions },
  examples: [
    ...ofProjects.examples,
    { line: 'tidegate remote serve /srv/tidegate', does: 'the remote in that folder at http://127.0.0.1:8470, for whoever has a token' },
    {
      line: 'tidegate remote token branch --tokens /srv/tidegate/.tokens',
      does: 'a token for machines whose runs are of the zone branch',
    },
  ],
  run: (invocation) => (withoutProject[invocation.positionals[0] ?? ''] ?? ofProjects.run)(invocation),
};
