import type { ErrorEntry } from './entry.ts';

/** Codes of `deploy`. A code is never reused: a retired one stays with `retired: true`. */
export const deployErrors = {
  'TG-DEPLOY-NO-API-TESTS': {
    title: 'No API tests found',
    cause: 'A pattern under `tests` of an environment matches no file.',
    fix: 'Correct the pattern in tidegate.yaml, or write the tests.',
    exit: 2,
  },
  'TG-DEPLOY-API-TEST-NAME': {
    title: 'Two API tests with one name',
    cause: 'Two tests of an environment have the same name, so a report could not say which of them fails.',
    fix: 'Give one of them another name.',
    exit: 2,
  },
  'TG-DEPLOY-NOT-A-RELEASE': {
    title: 'Not a release',
    cause: 'The digest names an object of the store that is no release.',
    fix: 'Take the digest of a release, as `tidegate log` shows it.',
    exit: 2,
  },
  'TG-DEPLOY-NOT-READY': {
    title: 'Release not ready',
    cause: 'The process of a release ended, took too long to load, or did not answer at its address; what was live before is still live.',
    fix: 'Read what the process wrote, in the message; start it by hand with `tidegate serve`.',
    exit: 1,
  },
  'TG-DEPLOY-PORT-TAKEN': {
    title: 'Address taken',
    cause: 'Another program listens on the port of the environment.',
    fix: 'End that program, or set another `port` for the environment in tidegate.yaml.',
    exit: 1,
  },
  'TG-DEPLOY-SUPERVISOR': {
    title: 'Supervisor does not answer',
    cause: 'The process that keeps an environment running could not be started, or belongs to another version of Tidegate.',
    fix: 'Stop the environment with `tidegate stop ENVIRONMENT` and deploy again.',
    exit: 1,
  },
} as const satisfies Record<string, ErrorEntry>;
