import { openHashThreads } from './hash-threads.ts';

/** The threads of this process, which start when there is work. */
export const threads = openHashThreads();
