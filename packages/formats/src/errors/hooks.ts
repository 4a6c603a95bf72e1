import type { ErrorEntry } from './entry.ts';

/** Codes of what Git calls. A code is never reused: a retired one stays with `retired: true`. */
export const hooksErrors = {
  'TG-HOOKS-NO-REPOSITORY': {
    title: 'No Git repository to install hooks in',
    cause: 'The project is in no working tree of a Git repository, so nothing would ever call a hook.',
    fix: 'Run `git init`, or call the command in a clone.',
    exit: 2,
  },
  'TG-HOOKS-ELSEWHERE': {
    title: 'Hooks of several repositories lie in one folder',
    cause:
      'The setting `core.hooksPath` of the user or of the machine sends all repositories to the same hooks; what was installed there would be called in all of them.',
    fix: 'Give this repository a folder of its own: `git config --local core.hooksPath .git/hooks`.',
    exit: 2,
  },
  'TG-HOOKS-NOT-SHARED': {
    title: 'Push without its data',
    cause: 'A commit that is being pushed pins dataset versions that the remote does not have, so whoever pulls it could not get them.',
    fix: 'Run `tidegate data push`, then push again; `git push --no-verify` pushes without.',
    exit: 1,
  },
} as const satisfies Record<string, ErrorEntry>;
