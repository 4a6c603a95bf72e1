import { dirname } from 'node:path';
import { chmodSync, constants, copyFile, linkSync, makingRoom, mkdirSync, rm } from '../../platform/index.ts';

/** Gives a file a second name. @returns false where the file system has no such links, or not between these two places */
export function linkFile(from: string, to: string): boolean {
  try {
    makingRoom(to, () => linkSync(from, to));
    return true;
  } catch (error) {
    if (isUnsupported(error)) return false;
    throw error;
  }
}

/**
 * Makes a copy, in the place of whatever has the name, that shares the bytes on the disk until one of the two is written (reflink).
 * @returns false where the file system has no such copies, or not between these two places; nothing has the name then
 */
export async function cloneFile(from: string, to: string, mode: number): Promise<boolean> {
  mkdirSync(dirname(to), { recursive: true });
  await rm(to, { force: true });
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE);
  } catch (error) {
    await rm(to, { force: true });
    if (isUnsupported(error)) return false;
    throw error;
  }
  chmodSync(to, mode);
  return true;
}

/** What ioctl_ficlone(2) and link(2) say of a file system, or two, where the call cannot be. */
function isUnsupported(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL', 'ENOTTY', 'ENOSYS'].includes(code);
}
