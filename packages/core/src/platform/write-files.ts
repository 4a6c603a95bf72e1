import type { HashThreads } from './hash-threads.ts';
import { threads } from './threads.ts';
import type { WriteFiles } from './write-files-here.ts';

/** As `writeFilesHere`, by a thread beside this one. What a thread cannot write is tried here, and thrown. */
export function writeFiles(wanted: WriteFiles, pool: HashThreads = threads): Promise<void> {
  return pool.write(wanted);
}
