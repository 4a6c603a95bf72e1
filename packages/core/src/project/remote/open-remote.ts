import type { Diagnostic, Zone } from '@tidegate/formats';
import { batchedRemote, folderRemote, lenientRemote, type Remote } from '../../store/index.ts';

export interface RemoteOptions {
  readonly zone: Zone;
  /** Whether work fails when the remote does not answer. */
  readonly required: boolean;
  /** Told once when it does not, and work goes on without. */
  readonly onGone: (why: Diagnostic) => void;
}

/** The remote in a folder as a project uses it: questions of the same moment are one, and it is given up when it does not answer. */
export function openRemote(folder: string, { zone, required, onGone }: RemoteOptions): Remote {
  const remote = folderRemote(folder, zone);
  return batchedRemote(required ? remote : lenientRemote(remote, { onGone }));
}
