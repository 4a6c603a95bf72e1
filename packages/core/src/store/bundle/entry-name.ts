/** Longer or deeper names are no names of people. */
const [longestName, longestPart, deepest] = [4_096, 255, 64];

/**
 * Why the path of an entry is refused; null when it may be written below a folder. Refused is whatever any system could take for a place outside of
 * it, or for the place of another entry.
 */
export function faultOfName(path: string): string | null {
  const parts = path.split('/');
  if (path === '') return 'it has no name';
  if (path.includes('\0')) return 'its name holds a NUL';
  if (path.startsWith('/')) return 'its name is absolute';
  if (path.includes('\\')) return 'its name holds a backslash';
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return 'its name has a part that is empty, "." or ".."';
  if (/^[A-Za-z]:/.test(path)) return 'its name begins with a drive';
  if (parts.length > deepest) return `its name has more than ${deepest} parts`;
  if (Buffer.byteLength(path) > longestName || parts.some((part) => Buffer.byteLength(part) > longestPart)) return 'its name is too long';
  return null;
}

/** Notes names, and finds those that are one and the same on some file system: whatever their case and Unicode form. */
export function nameRegister(): (path: string) => boolean {
  const [files, folders] = [new Set<string>(), new Set<string>()];
  return (path) => {
    const name = path.normalize('NFC').toLowerCase();
    const above = name
      .split('/')
      .slice(0, -1)
      .map((_, index, parts) => parts.slice(0, index + 1).join('/'));
    const isTaken = files.has(name) || folders.has(name) || above.some((folder) => files.has(folder));
    files.add(name);
    for (const folder of above) folders.add(folder);
    return !isTaken;
  };
}
