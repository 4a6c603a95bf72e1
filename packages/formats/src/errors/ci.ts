import type { ErrorEntry } from './entry.ts';

/** Codes of pull requests. A code is never reused: a retired one stays with `retired: true`. */
export const ciErrors = {
  'TG-CI-NO-COMMIT': {
    title: 'Commit not found',
    cause:
      'The revision to compare with, or to judge, is not in this repository: the CI has fetched one commit only, or its name is wrong.',
    fix: 'Let the CI check out the whole history (`fetch-depth: 0`), or name a revision that `git log` knows.',
    exit: 2,
  },
  'TG-CI-NO-BASE': {
    title: 'No common commit',
    cause: 'The two revisions have no commit in common here, as in a checkout that has only the newest commits.',
    fix: 'Let the CI check out the whole history (`fetch-depth: 0`, `GIT_DEPTH: 0`), or run `git fetch --unshallow`.',
    exit: 2,
  },
  'TG-CI-NOT-AT-HEAD': {
    title: 'Other files checked out than those to judge',
    cause: 'Another commit than the one to judge is checked out, or a file of it was changed: the steps would read something else.',
    fix: 'Check the commit out (`git switch --detach COMMIT`) and commit or stash changes.',
    exit: 2,
  },
  'TG-CI-NO-DATA': {
    title: 'Data neither checked out nor shared',
    cause: 'No file of a dataset is in the working tree, and the version that `tidegate.lock` pins is in no store and no remote at hand.',
    fix: 'Share it from where the data is: `tidegate remote push --remote FOLDER`; commit `tidegate.lock`, and give the CI the same folder.',
    exit: 2,
  },
  'TG-CI-NO-FORGE': {
    title: 'No place to post to',
    cause: 'A comment was asked for outside of a job of GitHub Actions, Gitea Actions or GitLab CI.',
    fix: 'Leave `--comment` out; the report is in a file.',
    exit: 2,
  },
  'TG-CI-POST': {
    title: 'Comment or status not posted',
    cause: 'The forge did not take the comment or the commit status: the token may not write there, or it did not answer.',
    fix: 'Give the job a token that may write; the report is in the files that the job keeps, and the exit code is that of the verdict.',
    exit: 1,
  },
  'TG-CI-FILE': {
    title: 'Workflow file there already',
    cause: 'The repository has a file with the name of the workflow, with other content: it may be yours.',
    fix: 'Move it away, and write the workflow again with `tidegate ci --init github` or `--init gitlab`.',
    exit: 2,
  },
} as const satisfies Record<string, ErrorEntry>;
