/** Whether a path may stand in a tree: relative, `/` between parts, and no part that is empty, `.` or `..`. */
export function isTreePath(path: string): boolean {
  return path !== '' && path.split('/').every(isTreeName);
}

/** Whether one part of a path may stand in a tree. */
export function isTreeName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('\0') && !name.includes('/');
}

/** Where a link at `path` leads to; null when that is no path of the same tree. */
export function endOfLink(path: string, link: string): string | null {
  if (link === '' || link.startsWith('/') || link.includes('\0')) return null;
  const parts = path.split('/').slice(0, -1);
  for (const part of link.split('/'))
    if (part === '..') {
      if (parts.pop() === undefined) return null;
    } else if (part !== '.' && part !== '') parts.push(part);
  return parts.length === 0 ? null : parts.join('/');
}
