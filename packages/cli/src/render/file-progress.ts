import { bytes, whole } from './figures.ts';
import type { Terminal } from './terminal.ts';

/** How far work on many files is. */
export interface FilesDone {
  readonly files: number;
  readonly ofFiles: number;
  readonly bytes: number;
}

/** A moving line of how many files are done, and at what rate; nothing where there is no terminal. */
export function fileProgress(terminal: Terminal, doing: string): (done: FilesDone) => void {
  const started = performance.now();
  return ({ files, ofFiles, bytes: count }) => {
    const seconds = Math.max((performance.now() - started) / 1_000, 0.001);
    const left = files === 0 ? '' : `, ${Math.ceil((seconds / files) * (ofFiles - files))} s left`;
    terminal.status(`… ${doing}: ${whole(files)} of ${whole(ofFiles)} files, ${bytes(count)}, ${bytes(count / seconds)}/s${left}`);
  };
}
