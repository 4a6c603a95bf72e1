import type { ErrorEntry } from './entry.ts';

/** Codes of `tidegate up`. A code is never reused: a retired one stays with `retired: true`. */
export const loopErrors = {
  'TG-LOOP-NO-GIT': {
    title: 'Project in no Git repository',
    cause: 'The folder of the project is in no Git repository, and `tidegate up` takes commits along the path.',
    fix: 'Make it one: `git init`, `git add .` and `git commit`.',
    exit: 2,
  },
  'TG-LOOP-COMMIT': {
    title: 'Lock not committed',
    cause: 'Git refused the commit of `tidegate.lock`: a hook said no, the file is ignored, or another Git command holds the index.',
    fix: 'Read what Git said, in the message; commit the file by hand with `git commit tidegate.lock`, or ask again with a new commit.',
    exit: 1,
  },
  'TG-LOOP-CLOCK': {
    title: 'Event clock not readable',
    cause: 'The file after `--clock` is not there, or holds something else than one moment.',
    fix: 'Write one moment in ISO 8601 with its zone into the file: `2013-10-01T00:00:00Z`.',
    exit: 2,
  },
  'TG-LOOP-PORT': {
    title: 'Port of the live page not to be had',
    cause: 'Another program listens on the port that `--port` names.',
    fix: 'End that program, or leave `--port` away: a free port is taken and kept.',
    exit: 1,
  },
  'TG-LOOP-FOREIGN': {
    title: 'Host or page of somebody else',
    cause: 'A request to `tidegate up` names a host, or comes from a page, that is not its own: the name of another machine may lead here.',
    fix: 'Use the address that `tidegate status` shows.',
    exit: 1,
    http: 403,
  },
  'TG-LOOP-TOKEN': {
    title: 'No token, or another one',
    cause: 'A request to `tidegate up` that writes shows no token, or not that of this home.',
    fix: 'Send `authorization: Bearer TOKEN`; `tidegate status --json` names the file that holds it.',
    exit: 1,
    http: 401,
  },
  'TG-LOOP-MEDIA': {
    title: 'Body that is not JSON',
    cause: 'A request to `tidegate up` that writes has a body of another type, or none.',
    fix: 'Send JSON with `content-type: application/json`.',
    exit: 1,
    http: 415,
  },
  'TG-LOOP-TOO-LONG': {
    title: 'Body too long',
    cause: 'The body of a request to `tidegate up` is longer than 8 MiB.',
    fix: 'Send the rows in several requests.',
    exit: 1,
    http: 413,
  },
  'TG-LOOP-BODY': {
    title: 'Body not understood',
    cause: 'The body of a request to `tidegate up` is no JSON, or its members are not those that the endpoint takes.',
    fix: 'Correct it: the reference of the API lists the members.',
    exit: 1,
    http: 400,
  },
  'TG-LOOP-PATH': {
    title: 'No such endpoint',
    cause: 'Nothing of `tidegate up` is at the path of the request, or it takes another method.',
    fix: 'Correct the path: the message lists those there are.',
    exit: 1,
    http: 404,
  },
} as const satisfies Record<string, ErrorEntry>;
