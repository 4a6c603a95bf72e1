import { interruptible } from './interruption.ts';
import { type Output, patientOutput } from './output.ts';

/** What a command line is run in; the process's own, or a test's. */
export interface Surroundings {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly cwd: string;
  readonly variables: { readonly [name: string]: string | undefined };
  /** Aborted when the command is to come to an end. */
  readonly signal: AbortSignal;
}

/** Those of this process. From now on Ctrl-C asks for an orderly end, and a reader that goes away ends nothing. */
export function processSurroundings(): Surroundings {
  return {
    stdout: patientOutput(process.stdout),
    stderr: patientOutput(process.stderr),
    cwd: process.cwd(),
    variables: process.env,
    signal: interruptible(),
  };
}
