import { join } from 'node:path';
import type { Diagnostic, Zone } from '@tidegate/formats';
import { batchedRemote, type Home, lenientRemote, packedRemote, type Remote, type RemoteFiles } from '../../store/index.ts';

export interface RemoteOptions {
  readonly home: Pick<Home, 'objects' | 'remoteIndex'>;
  readonly zone: Zone;
  /** Whether work fails when the remote does not answer. */
  readonly required: boolean;
  /** Told once when it does not, and work goes on without. */
  readonly onGone: (why: Diagnostic) => void;
}

/** A remote as a project uses it: questions of the same moment are one, and it is given up when it does not answer. */
export function openRemote(files: RemoteFiles, { home, zone, required, onGone }: RemoteOptions): Remote {
  const remote = packedRemote(files, { zone, scratch: join(home.objects, 'incoming'), cache: home.remoteIndex });
  return batchedRemote(required ? remote : lenientRemote(remote, { onGone }));
}
