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
  'TG-DEPLOY-API-TEST-SERVICE': {
    title: 'API tests of no service',
    cause: 'The project has several services, and a file of API tests does not say which one it tests.',
    fix: 'Name it in the file: `service: NAME` above the list, and the list under `tests:`.',
    exit: 2,
  },
  'TG-DEPLOY-NOT-A-RELEASE': {
    title: 'Not a release',
    cause: 'The digest names an object of the store that is no release.',
    fix: 'Take the digest of a release, as `tidegate show ENVIRONMENT` lists them.',
    exit: 2,
  },
  'TG-DEPLOY-UNSIGNED': {
    title: 'Release that nobody trusted has signed',
    cause:
      'The section `signatures` of tidegate.yaml wants a release to be signed by a key that it trusts, and this one is not; what was live before is still live.',
    fix: 'Run `tidegate run` where such a key is, or name the public key of who has made the release under `signatures.trusted`.',
    exit: 3,
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
  'TG-DEPLOY-UNCOMMITTED': {
    title: 'Made of uncommitted changes',
    cause: 'The release was made by a run over changes that are not committed; those go no further than the first environment.',
    fix: 'Commit the changes and run again.',
    exit: 1,
  },
  'TG-DEPLOY-RETURNED': {
    title: 'Taken back after failing API tests',
    cause: 'The API tests of the environment failed after the switch, so what was live before is live again.',
    fix: 'Correct the model, the settings of the environment or the test, and run again.',
    exit: 3,
  },
  'TG-DEPLOY-ORDER': {
    title: 'Not yet live in the environment before',
    cause: 'An environment comes `after` another one, and the release is not live there, or its API tests did not pass.',
    fix: 'Deploy the release to the environment before, or let `tidegate run --to ENVIRONMENT` take it the whole way.',
    exit: 1,
  },
  'TG-DEPLOY-TAKEN-BACK': {
    title: 'Release was taken back before',
    cause: 'The release was rolled back, or its API tests failed after the switch, so it is not deployed again by itself.',
    fix: 'Make a better release, or insist: `tidegate deploy ENVIRONMENT RELEASE --again`.',
    exit: 3,
  },
  'TG-DEPLOY-NOTHING-LIVE': {
    title: 'Nothing is live',
    cause: 'There is nothing to go back from: the environment was never deployed to, or was stopped.',
    fix: 'Deploy a release with `tidegate run --to ENVIRONMENT`.',
    exit: 1,
  },
  'TG-DEPLOY-NOTHING-BEFORE': {
    title: 'No release before',
    cause: 'The live release is the first one of the environment, or everything before it was gone back from already.',
    fix: 'Stop the environment with `tidegate stop ENVIRONMENT`, or deploy another release.',
    exit: 1,
  },
  'TG-DEPLOY-WHICH-SERVICE': {
    title: 'Several services are live',
    cause: 'The environment runs several services of the project, and the command names none.',
    fix: 'Name the service.',
    exit: 2,
  },
  'TG-DEPLOY-HISTORY-DIFFERS': {
    title: 'Another history under the same name',
    cause: 'The remote has a history of that environment which another home has put there: two machines deploy to places of the same name.',
    fix: 'Share from the machine that deploys there, or give the project or its environment another name.',
    exit: 1,
  },
} as const satisfies Record<string, ErrorEntry>;
