import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stage } from './stage.ts';

type Cells = { readonly [column: string]: string | number | null };

/** What has come since the step before: a line of `steps.jsonl`, which examples/flight-delays/replay.py describes. */
export interface ReplayStep {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Name in `data/flights` → file of the replay's folder. */
  readonly flights: { readonly [name: string]: string };
  readonly weather: readonly Cells[];
  readonly requests: readonly { readonly flight_id: string; readonly row: Cells }[];
  readonly labels: readonly ReplayLabel[];
}

export interface ReplayLabel {
  readonly flight_id: string;
  readonly label: number;
  /** ISO 8601, UTC. */
  readonly labelled_at: string;
}

export interface Replay {
  readonly folder: string;
  readonly steps: readonly ReplayStep[];
}

export interface ReplaySpan {
  readonly from: string;
  readonly to: string;
  /** Drawn from each day; null = every hour. */
  readonly hoursADay: number | null;
}

/** Lets the example write a span of time, in a folder beside the project. */
export async function prepareReplay({ place, commands }: Stage, name: string, { from, to, hoursADay }: ReplaySpan): Promise<Replay> {
  const folder = join(place, 'replay', name);
  const drawn = hoursADay === null ? [] : ['--hours-a-day', String(hoursADay)];
  await commands.exec(['python', 'replay.py', '--from', from, '--to', to, ...drawn, '--out', folder]);
  const lines = (await readFile(join(folder, 'steps.jsonl'), 'utf8')).trim().split('\n');
  return { folder, steps: lines.map((line): ReplayStep => JSON.parse(line)) };
}

/** Where the simulated moment is kept; `tidegate up --clock` reads it. */
export function clockFile({ place }: Stage): string {
  return join(place, 'clock');
}

/** Moves the simulated clock. */
export async function setClock(stage: Stage, at: string): Promise<void> {
  await writeFile(`${clockFile(stage)}.part`, `${at}\n`);
  await rename(`${clockFile(stage)}.part`, clockFile(stage));
}

/** Puts the months that look different now into the data folder, each whole at once, as a source does that rewrites its files. */
export async function replaceFlights({ project }: Stage, { folder }: Replay, { flights }: ReplayStep): Promise<void> {
  await mkdir(join(project, 'data/flights'), { recursive: true });
  for (const [name, file] of Object.entries(flights)) {
    const path = join(project, 'data/flights', name);
    await cp(join(folder, file), `${path}.part`);
    await rename(`${path}.part`, path);
  }
}
