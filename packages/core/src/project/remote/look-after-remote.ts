import { join } from 'node:path';
import {
  type Abortable,
  collectRemote,
  type RemoteCheck,
  type RemoteGarbageReport,
  type RemoteInBrief,
  type RepairedZone,
  repairRemote,
  remoteInBrief,
  verifyRemote,
} from '../../store/index.ts';
import type { Project } from '../project.ts';
import { registerNeeds } from './register-needs.ts';
import { remoteOf } from './remote-of.ts';

export interface CollectOptions extends Abortable {
  /** Default 7 days. */
  readonly graceMs?: number;
  /** Only says what would go. Default false. */
  readonly dryRun?: boolean;
}

/** Takes out of the project's remote what no project needs; says first what this one does. @throws TG-CLI-NO-REMOTE; as `collectRemote` */
export async function collectRemoteGarbage(project: Project, options: CollectOptions): Promise<RemoteGarbageReport> {
  const remote = remoteOf(project, 'collect garbage in the remote');
  if (options.dryRun !== true) await registerNeeds(project, remote);
  const { files, zone } = remote;
  return collectRemote({ files, zone, scratch: scratchOf(project), nowMs: project.platform.clock.now(), ...options });
}

export interface VerifyOptions extends Abortable {
  /** Default: no limit. */
  readonly bytesPerSecond?: number;
  readonly onProgress?: (bytes: number) => void;
}

/** Reads everything in the project's remote back. @throws TG-CLI-NO-REMOTE */
export async function checkRemote(project: Project, options: VerifyOptions): Promise<RemoteCheck> {
  const { files, zone } = remoteOf(project, 'verify the remote');
  return verifyRemote({ files, zone, scratch: scratchOf(project), ...options });
}

export interface RepairOptions extends Abortable {
  /** Only says what is lost. Default false. */
  readonly dryRun?: boolean;
  readonly onProgress?: (bytes: number) => void;
}

/** Makes what is lost of the index of the project's remote anew from its packs. @throws TG-CLI-NO-REMOTE */
export async function repairIndexOfRemote(project: Project, options: RepairOptions): Promise<readonly RepairedZone[]> {
  const { files, zone } = remoteOf(project, 'repair the remote');
  return repairRemote({ files, zone, scratch: scratchOf(project), ...options });
}

/** How much the project's remote has, of whom. @throws TG-CLI-NO-REMOTE */
export async function briefOfRemote(project: Project, options: Abortable): Promise<RemoteInBrief> {
  const remote = remoteOf(project, 'look at the remote');
  await remote.check();
  return remoteInBrief(remote, project.home.remoteIndex, options);
}

function scratchOf({ home }: Project): string {
  return join(home.objects, 'incoming');
}
