import type { ErrorEntry } from './entry.ts';

/** Codes of `source`. A code is never reused: a retired one stays with `retired: true`. */
export const sourceErrors = {
  'TG-SOURCE-UNREACHABLE': {
    title: 'Source does not answer',
    cause: 'Nobody answers at the address of the source: it is down, its name is not known, or something between is closed.',
    fix: 'Run `tidegate sources check NAME`, which says how far one comes.',
    exit: 1,
  },
  'TG-SOURCE-ADDRESS': {
    title: 'Address that is none',
    cause: 'The address of the source, or the secret that holds it, cannot be read as one.',
    fix: 'Write it as docs/how-to/read-from-a-database.md shows.',
    exit: 2,
  },
  'TG-SOURCE-TLS': {
    title: 'Source that cannot be trusted',
    cause:
      'The source does not speak TLS or asks for it, its certificate has expired, is for another host, or is signed by somebody unknown, or it wants one of the user.',
    fix: 'Name the certificates that the message asks for in the address, or have the server get another.',
    exit: 1,
  },
  'TG-SOURCE-DENIED': {
    title: 'Source that does not let us in',
    cause: 'The user or the password is wrong, or the user may not read what the dataset is read from.',
    fix: 'Correct the secret with the address, or ask the owner of the source for the permission to read.',
    exit: 1,
  },
  'TG-SOURCE-NOT-FOUND': {
    title: 'Nothing of that name at the source',
    cause: 'The source has no database, table, column or file of the name that tidegate.yaml gives.',
    fix: 'Correct the name under `from:` in tidegate.yaml.',
    exit: 2,
  },
  'TG-SOURCE-QUERY': {
    title: 'Query that the source refuses',
    cause: 'The query or the condition of the dataset is no SQL that the source takes.',
    fix: 'Correct it, and run it by hand at the source first.',
    exit: 2,
  },
  'TG-SOURCE-VALUE': {
    title: 'Value that cannot be kept',
    cause: 'The source has a value that no column of a table can hold exactly, or values of several types in one column.',
    fix: 'Read it by a query that turns the value into text or into NULL.',
    exit: 1,
  },
  'TG-SOURCE-SLOT': {
    title: 'Changes that cannot be followed',
    cause: 'The server keeps no log for replication, has thrown it away, gives it to somebody else, or cannot name the rows of the table.',
    fix: 'Do what the message says, or use `cursor` instead of `replication`.',
    exit: 1,
  },
  'TG-SOURCE-BROKEN': {
    title: 'Source broke off',
    cause: 'The connection ended before everything was read, or what the source holds is damaged. Nothing of the reading is kept.',
    fix: 'Run the command again; look into the log of the server when it happens again.',
    exit: 1,
  },
  'TG-SOURCE-LENGTH': {
    title: 'File that is too long',
    cause: 'A file of the web is longer than the source allows.',
    fix: 'Allow more with `most:` of the source, or name another file.',
    exit: 1,
  },
} as const satisfies Record<string, ErrorEntry>;
