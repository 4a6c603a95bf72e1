import type { HashThreads } from '../hash-threads.ts';
import { threads as ownThreads } from '../threads.ts';
import { fingerprintFolder } from './fingerprint-folder.ts';
import { fingerprintHere, foldersToShare } from './share-folders.ts';

/** Below so many files a thread takes longer to start than to help. */
const filesWorthAThread = 20_000;

/** `fingerprintFolder` of each, by two threads where there are so many files in them that this is quicker. */
export async function fingerprintFolders(
  folders: readonly string[],
  files: number,
  threads: Pick<HashThreads, 'fingerprint' | 'limit'> = ownThreads,
): Promise<readonly (string | null)[]> {
  if (files < filesWorthAThread || threads.limit < 2) return folders.map(fingerprintFolder);
  const shared = foldersToShare(folders);
  const theirs = threads.fingerprint(shared);
  const placed = new Map([...fingerprintHere(shared), ...(await theirs)]);
  // a thread that broke has taken some and says nothing of them
  return folders.map((folder, index) => (placed.has(index) ? (placed.get(index) ?? null) : fingerprintFolder(folder)));
}
