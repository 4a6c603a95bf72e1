import type { Digest, Json } from '@tidegate/formats';
import type { Remote } from './remote.ts';

type WantedObject = Parameters<Remote['missing']>[0][number];

/**
 * Gathers the questions that are asked at the same time into one each: steps that are looked at side by side then cost a remote far away one answer
 * and not one each.
 */
export function batchedRemote(remote: Remote): Remote {
  const records = gathering<string, Json | null>((names) => remote.readRecords(names));
  const areMissing = gathering<WantedObject, boolean>(async (objects) => {
    const gone = new Set(await remote.missing(objects));
    return objects.map(({ digest }) => gone.has(digest));
  });
  return {
    ...remote,
    readRecords: records,
    missing: async (objects) => {
      const isGone = await areMissing(objects);
      return objects.flatMap(({ digest }, index): readonly Digest[] => (isGone[index] === true ? [digest] : []));
    },
  };
}

interface Waiting<Q, A> {
  readonly questions: readonly Q[];
  readonly resolve: (answers: readonly A[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Asks everything that came up to the end of this turn of the event loop at once, and gives each its part of the answer. */
function gathering<Q, A>(ask: (questions: readonly Q[]) => Promise<readonly A[]>): (questions: readonly Q[]) => Promise<readonly A[]> {
  let waiting: Waiting<Q, A>[] = [];
  const askAll = (): void => {
    const asked = waiting;
    waiting = [];
    ask(asked.flatMap(({ questions }) => questions)).then(
      (answers) => {
        let at = 0;
        for (const { questions, resolve } of asked) resolve(answers.slice(at, (at += questions.length)));
      },
      (error: unknown) => asked.forEach(({ reject }) => reject(error)),
    );
  };
  return (questions) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(askAll);
      waiting.push({ questions, resolve, reject });
    });
}
