/** Where a peer works. */
export interface Place {
  /** The folder with the files in `data`. */
  readonly project: string;
  /** A folder of its own for what it keeps outside of the project. */
  readonly home: string;
  /** The folder that files are shared through. */
  readonly remote: string;
}

/** A tool that is measured, in its own file below `peers`. Everything it does is a list of command lines, run in the project. */
export interface Peer {
  readonly name: string;
  /**
   * Makes it ready in a folder of its own, kept from run to run.
   * @returns how it is called and its version; a text that says why it is left out
   */
  readonly install: (folder: string) => Promise<Installed | string>;
}

export interface Installed {
  readonly version: string;
  readonly variables: (place: Place) => Readonly<Record<string, string>>;
  readonly prepare: (place: Place) => readonly Command[];
  /** Stores the files of `data`. */
  readonly add: (place: Place) => readonly Command[];
  /** Makes a version of what was added; empty where adding does. */
  readonly commit: (place: Place) => readonly Command[];
  /** Says whether something changed; null for a tool that has no such command. */
  readonly status: ((place: Place) => readonly Command[]) | null;
  /** Brings all files of the version back, over whatever is there. */
  readonly checkout: (place: Place) => readonly Command[];
  /** Brings the version into the folder `remote`; null for a tool that cannot. */
  readonly push: ((place: Place) => readonly Command[]) | null;
  /** Folders and files that hold what is stored. */
  readonly stored: (place: Place) => readonly string[];
  /** Finds damage and loss; null for a tool that has no such command. */
  readonly check: ((place: Place) => readonly Command[]) | null;
  /** Throws away what nothing needs, as one would do it now and then; null for a tool that has no such command. */
  readonly collect: ((place: Place) => readonly Command[]) | null;
  /** Makes what is in `data` now the only version that is needed; not measured. */
  readonly forgetFormer: (place: Place) => readonly Command[];
  /** Throws away what nothing needs, however young. */
  readonly collectAtOnce: ((place: Place) => readonly Command[]) | null;
}

export type Command = readonly [program: string, ...words: string[]];
