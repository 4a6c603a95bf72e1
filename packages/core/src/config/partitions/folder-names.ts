/** What a folder such as `day=2026-01-02` says of all that is in it. */
export interface FolderName {
  readonly name: string;
  /** Null for what tools write where a row has no value. */
  readonly value: string | null;
}

/** What Hive, Spark and Arrow call the folder of rows without a value. */
const noValue = '__HIVE_DEFAULT_PARTITION__';

/** The folders `NAME=VALUE` on the way to a file, the outermost first; values as they were before they became a part of a path. */
export function folderNames(path: string): readonly FolderName[] {
  return path
    .split('/')
    .slice(0, -1)
    .flatMap((folder) => {
      const at = folder.indexOf('=');
      if (at < 1) return [];
      const [name, value] = [decoded(folder.slice(0, at)), decoded(folder.slice(at + 1))];
      return [{ name, value: value === noValue || value === '' ? null : value }];
    });
}

/** Tools write what no name of a file may have as in an address. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
