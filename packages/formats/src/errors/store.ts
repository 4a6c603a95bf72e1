import type { ErrorEntry } from './entry.ts';

/** Codes of `store`. A code is never reused: a retired one stays with `retired: true`. */
export const storeErrors = {
  'TG-STORE-OBJECT-MISSING': {
    title: 'Object missing',
    cause: 'A record names an object that is not in the store, for instance because files below TIDEGATE_HOME were deleted.',
    fix: 'Run `tidegate run`: a missing object counts as a cache miss and is made again.',
    exit: 1,
  },
  'TG-STORE-OBJECT-CORRUPT': {
    title: 'Object damaged',
    cause: 'The bytes of an object no longer have its digest: the disk or a program changed them.',
    fix: 'Run `tidegate run`: the damaged file was set aside and the object is made again.',
    exit: 1,
  },
  'TG-STORE-FILE-CHANGED': {
    title: 'File changed while it was read',
    cause: 'Something wrote to an input while Tidegate was storing it.',
    fix: 'Run the command again when nothing writes to the file.',
    exit: 1,
  },
  'TG-STORE-STATE-NEWER': {
    title: 'State of a newer version',
    cause: 'A newer Tidegate has written the state under TIDEGATE_HOME.',
    fix: 'Install the newest Tidegate: `npm install -g tidegate@latest`.',
    exit: 2,
  },
  'TG-STORE-STATE-BROKEN': {
    title: 'State is not a database',
    cause: 'The file `state.sqlite` under TIDEGATE_HOME was overwritten or damaged.',
    fix: 'Move the file away and run again: results are made anew.',
    exit: 1,
  },
} as const satisfies Record<string, ErrorEntry>;
