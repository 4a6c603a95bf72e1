import type { Deployment, Zone } from '@tidegate/formats';
import type { ProjectConfig, YamlDocument } from '../config/index.ts';
import type { Platform } from '../platform/index.ts';
import type { FolderObjectStore, Home, ObjectStore, Remote, State } from '../store/index.ts';

/** The model server, which is started as a process and never imported. */
export interface ServingProgram {
  /** How its command line starts; subcommand and options are appended. */
  readonly argv: readonly string[];
  readonly version: string;
}

/** An opened project: its settings, and the store and state it keeps its results in. */
export interface Project {
  readonly name: string;
  /** Absolute path of the folder with `tidegate.yaml`. */
  readonly root: string;
  readonly config: ProjectConfig;
  /** `tidegate.yaml` with positions, for mistakes that are found later. */
  readonly source: YamlDocument;
  readonly home: Home;
  readonly store: ObjectStore;
  /** What of it is on this machine, whatever the remote has. */
  readonly objects: FolderObjectStore;
  readonly state: State;
  /** Where results, data and histories are shared; null = nowhere. What it has, `store` has. */
  readonly remote: Remote | null;
  /** How far runs here are trusted: whose results they take, and whose their own are. */
  readonly zone: Zone;
  /** The history of an environment as the remote has it, read once; none without a remote. */
  readonly elsewhere: (environment: string) => Promise<readonly Deployment[]>;
  readonly platform: Platform;
  readonly serving: ServingProgram;
  readonly [Symbol.dispose]: () => void;
}
