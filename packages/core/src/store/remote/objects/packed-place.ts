import type { Zone } from '@tidegate/formats';
import type { RemoteIndex } from '../index/remote-index.ts';
import type { RemoteFiles } from '../remote-files.ts';

/** A remote as objects are put into it and got out of it. */
export interface PackedPlace {
  readonly files: RemoteFiles;
  readonly index: RemoteIndex;
  readonly zone: Zone;
  /** Folder for files on their way. */
  readonly scratch: string;
}
