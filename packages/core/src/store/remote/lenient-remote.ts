import { type Diagnostic, failure, TidegateError } from '@tidegate/formats';
import { raceDeadline } from '../../platform/index.ts';
import type { Remote } from './remote.ts';

export interface LenientOptions {
  /** Told once, why it is given up. */
  readonly onGone: (why: Diagnostic) => void;
  /** How long a question about records and objects may take, in milliseconds. Default 30 s. */
  readonly patienceMs?: number;
}

/**
 * A remote that work goes on without: the first time that it does not answer, or not in time, it is given up, and from then on is like one that is
 * empty. What was to be taken from it is made again. Whoever puts something into it is told by an error, and a place that is no remote stays a
 * mistake. How long an object takes to arrive depends on its length, so no time is set for that.
 */
export function lenientRemote(remote: Remote, { onGone, patienceMs = 30_000 }: LenientOptions): Remote {
  let gone: TidegateError | null = null;
  const giveUp = (error: unknown): void => {
    if (!isUnreachable(error)) throw error;
    if (gone === null) onGone(error.diagnostics[0]);
    gone ??= error;
  };
  const asking = async <T>(question: () => Promise<T>, whenGone: T, limitMs: number | null): Promise<T> => {
    if (gone !== null) return whenGone;
    try {
      return await (limitMs === null ? question() : raceDeadline(question(), limitMs, () => tooSlow(remote.address, limitMs)));
    } catch (error) {
      giveUp(error);
      return whenGone;
    }
  };
  const writing = async <T>(work: () => Promise<T>): Promise<T> => {
    if (gone !== null) throw gone;
    return work();
  };

  return {
    address: remote.address,
    zone: remote.zone,
    files: remote.files,
    check: remote.check,
    missing: (objects) =>
      asking(
        () => remote.missing(objects),
        objects.map(({ digest }) => digest),
        patienceMs,
      ),
    getObject: (digest, path) => asking(() => remote.getObject(digest, path), null, null),
    readRecords: (names) =>
      asking(
        () => remote.readRecords(names),
        names.map(() => null),
        patienceMs,
      ),
    getObjects: (digests, receive, options) => {
      const wanted = [...digests];
      return asking(() => remote.getObjects(wanted, receive, options), wanted, null);
    },
    readRange: (digest, range, options) => asking(() => remote.readRange(digest, range, options), null, null),
    putObjects: (objects, options) => writing(() => remote.putObjects(objects, options)),
    putObject: (digest, source) => writing(() => remote.putObject(digest, source)),
    addRecord: (name, record) => writing(() => remote.addRecord(name, record)),
    replaceRecord: (name, record) => writing(() => remote.replaceRecord(name, record)),
  };
}

function isUnreachable(error: unknown): error is TidegateError {
  return error instanceof TidegateError && error.diagnostics.some(({ code }) => code === 'TG-STORE-REMOTE-UNREACHABLE');
}

function tooSlow(address: string, limitMs: number): Error {
  return failure(
    'TG-STORE-REMOTE-UNREACHABLE',
    `Cannot reach the remote "${address}": it has not answered within ${limitMs / 1000} s`,
    'Look at the share or the network; runs go on without it meanwhile',
  );
}
