import type { RemoteFiles } from '../remote-files.ts';
import type { PartialFiles } from './partial-files.ts';
import type { Tokens } from './tokens.ts';

/** What a server has at hand. */
export interface ServedRemote {
  readonly files: RemoteFiles;
  readonly tokens: Tokens;
  readonly partial: PartialFiles;
  /** Folder for files on their way, whose name begins with a dot. */
  readonly scratch: string;
}
