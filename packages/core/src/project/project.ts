import type { Deployment, Zone } from '@tidegate/formats';
import type { ProjectConfig, YamlDocument } from '../config/index.ts';
import type { ChampionSource, EvaluateDeps } from '../models/index.ts';
import type { Platform } from '../platform/index.ts';
import type { FolderObjectStore, Home, ObjectStore, Remote, State } from '../store/index.ts';

/** The model server, which is started as a process and never imported. */
export interface ServingProgram {
  /** How its command line starts; subcommand and options are appended. */
  readonly argv: readonly string[];
  readonly version: string;
}

/** What the steps of a run found out about others when their keys were made. */
export interface RecordedAnswers {
  readonly champions: Pick<ChampionSource, 'champion' | 'possible'>;
  readonly evaluationOf: EvaluateDeps['evaluationOf'];
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
  /** What a run that is replayed was judged against, by its key records; absent for any other project: then history and state say it. */
  readonly recorded?: RecordedAnswers;
  readonly [Symbol.dispose]: () => void;
}
