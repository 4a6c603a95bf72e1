import type { Graph } from './graph.ts';

/** A tool that is measured, in its own file below `peers`. */
export interface Peer {
  readonly name: string;
  /** Steps of the largest graph of a shape that it is given. */
  readonly mostSteps: (shape: Graph['shape']) => number;
  /** When a run of it is cut, in seconds. Default 60. */
  readonly limitSeconds?: number;
  /**
   * Makes it ready in a folder of its own, kept from run to run.
   * @returns its version and how it is called; null when the machine does not have it
   */
  readonly install: (folder: string) => Promise<Installed | null>;
  /** Its own description of a graph: file → text. */
  readonly describe: (graph: Graph) => Readonly<Record<string, string>>;
  /** How many steps ran, from what it printed. */
  readonly ran: (output: string) => number;
  /** A line that it prints when it begins a step, as a regular expression of Python. Default: nobody looks for it. */
  readonly began?: string;
}

export interface Installed {
  readonly version: string;
  readonly argv: readonly string[];
  readonly variables: (project: string) => Readonly<Record<string, string>>;
  /** What it wants done once in a new project. */
  readonly prepare?: readonly (readonly string[])[];
}

/** How many times a pattern stands in what a tool printed. */
export function times(pattern: RegExp): Peer['ran'] {
  return (output) => [...output.matchAll(pattern)].length;
}
