import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Another tool in a process of its own, which stays: importing it takes longer than judging. */
export interface Peer {
  /** The alarmed columns of each repeat of a file, null where the tool cannot judge it; a text that says why there are none. */
  readonly judge: (file: string, repeats: number) => Promise<readonly (readonly string[] | null)[] | string>;
  readonly close: () => void;
}

/** Calls of one peer must not overlap. */
export function openPeer(python: string, tool: string): Peer {
  const child = spawn(python, [join(import.meta.dirname, 'peers.py'), tool], { stdio: ['pipe', 'pipe', 'pipe'] });
  let lastWords = '';
  child.stderr.on('data', (bytes: Buffer) => (lastWords = `${lastWords}${bytes.toString()}`.slice(-2000)));
  // a write to a process that has ended is told by its end
  child.stdin.on('error', () => undefined);
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    judge: async (file, repeats) => {
      child.stdin.write(`${JSON.stringify({ file, repeats })}\n`);
      for (;;) {
        const { done, value } = await answers.next();
        if (done === true) return `${tool} ended with an error: ${lastWords.trim().split('\n').at(-1) ?? ''}`;
        if (value.startsWith(answerMark)) return JSON.parse(value.slice(answerMark.length)) as readonly (readonly string[] | null)[];
      }
    },
    close: () => child.stdin.end(),
  };
}

/** Tools print other lines too. */
const answerMark = 'answer ';
