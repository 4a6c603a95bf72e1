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
  'TG-STORE-PACK': {
    title: 'Pack cannot be read',
    cause: 'A file that holds pieces of objects is cut short, damaged, or no such file: the disk or a program changed it.',
    fix: 'Run `tidegate store fsck`, which says what was in it and takes it from the remote where it can.',
    exit: 1,
  },
  'TG-STORE-TREE': {
    title: 'Object is no folder',
    cause: 'A record names an object as a folder that is something else, or whose paths lead out of the folder.',
    fix: 'Run `tidegate run` to make it again; when it came from elsewhere, do not trust where it came from.',
    exit: 1,
  },
  'TG-STORE-RECORD': {
    title: 'Record of another version',
    cause:
      'A stored record carries a format that this Tidegate does not read: another version has written it, or a digest names something else.',
    fix: 'Install the version that wrote it, usually the newest, or make the record again with `tidegate run`.',
    exit: 1,
  },
  'TG-STORE-LINK': {
    title: 'Symbolic link in a folder to store',
    cause: 'A step left a symbolic link in an output folder, and it does not lead to a file of the same folder.',
    fix: 'Let the step write the file itself there instead of the link.',
    exit: 1,
  },
  'TG-STORE-NAME': {
    title: 'File name is not UTF-8',
    cause: 'The name of a file holds bytes that are not valid UTF-8, so no record can name it.',
    fix: 'Rename the file.',
    exit: 1,
  },
  'TG-STORE-DISK-FULL': {
    title: 'Disk full',
    cause: 'No space, or no quota, is left where TIDEGATE_HOME lies.',
    fix: 'Free some space, or set TIDEGATE_HOME to a folder on a larger disk, and run again: what is stored stays valid.',
    exit: 1,
  },
  'TG-STORE-DISK-FAULT': {
    title: 'Disk reports an error',
    cause: 'Reading or writing failed with an input/output error: a failing disk, cable or network mount.',
    fix: 'Look at the disk (`dmesg`, `smartctl`), or set TIDEGATE_HOME to another one.',
    exit: 1,
  },
  'TG-STORE-NOT-WRITABLE': {
    title: 'Store may not be written to',
    cause: 'The folder of TIDEGATE_HOME belongs to another user or is mounted read-only.',
    fix: 'Set TIDEGATE_HOME to a folder that you may write to.',
    exit: 2,
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
    title: 'State is damaged',
    cause: 'A part of the file `state.sqlite` under TIDEGATE_HOME was overwritten or damaged, and a command came upon it.',
    fix: 'Run `tidegate doctor`, which sets the file aside and keeps the histories: results are made anew.',
    exit: 1,
  },
  'TG-STORE-REMOTE': {
    title: 'Place that is no remote',
    cause:
      'What is named as a remote holds something else, was filled by another version of Tidegate, is not there, or does not take the keys or the token.',
    fix: 'Name an empty folder or bucket, or one that `tidegate remote push` has filled; correct region, keys or token as the message says.',
    exit: 2,
  },
  'TG-STORE-REMOTE-NOT-WRITABLE': {
    title: 'Remote cannot be written',
    cause: 'This user or account may not write to the remote, or its disk is full.',
    fix: 'Let this user write there, or free space; what was written so far stays and is whole.',
    exit: 1,
  },
  'TG-STORE-REMOTE-UNREACHABLE': {
    title: 'Remote does not answer',
    cause:
      'The folder of the remote is on a share that is gone, slow or broken, or the server of the remote does not answer or cannot be trusted.',
    fix: 'Look whether it is mounted or started; runs go on without it meanwhile, and `tidegate remote push` makes up for it.',
    exit: 1,
  },
  'TG-STORE-REMOTE-TOKENS': {
    title: 'File of tokens that cannot be used',
    cause: 'The file with the tokens of a remote that is served is not there, or a line of it is none.',
    fix: 'Make a token with `tidegate remote token main --tokens FILE`, or take the line out.',
    exit: 2,
  },
  'TG-STORE-REMOTE-SERVE': {
    title: 'Remote that cannot be served',
    cause: 'The address is taken, or may be used by nobody else on that machine without TLS, or the certificate and its key do not fit.',
    fix: 'Name another address with `--listen`, or the certificate with `--certificate` and `--key`.',
    exit: 1,
  },
  'TG-STORE-BUNDLE': {
    title: 'Bundle refused',
    cause: 'The archive is damaged, cut short, or holds something that no bundle of Tidegate holds. Nothing of it was taken.',
    fix: 'Make it again with `tidegate store export` and carry it over whole; do not trust where this one came from.',
    exit: 1,
  },
  'TG-STORE-REMOTE-ZONE': {
    title: 'Zone may not do that in the remote',
    cause: 'A run asked for something in the remote that only runs of a more trusted zone may read or write.',
    fix: 'Let a run of that zone do it; `remote.zones` in `tidegate.yaml` says which branch is of which zone.',
    exit: 1,
  },
} as const satisfies Record<string, ErrorEntry>;
