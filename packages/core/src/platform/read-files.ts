import type { HashThreads } from './hash-threads.ts';
import type { FileToRead, ReadFiles } from './read-files-here.ts';
import { threads } from './threads.ts';

/** As `readFilesHere`, by a thread beside this one. */
export function readFiles(wanted: readonly FileToRead[], pool: HashThreads = threads): Promise<ReadFiles> {
  return pool.read(wanted);
}
