import { type EmitEvent, type ErrorCode, TidegateError } from '@tidegate/formats';
import type { Project } from '../project.ts';
import { newTombstonesIn } from './forget-in-remote.ts';
import { type TakenOver, takeOverTombstones } from './take-over-tombstones.ts';
import { tombstonesOf } from './tombstones.ts';

export interface HeedOptions {
  readonly signal: AbortSignal;
  /** Told of each tombstone that was taken over. */
  readonly onForgotten: (one: TakenOver) => void;
}

/** Tells of tombstones as events. */
export function heeding({ signal, emit }: { readonly signal: AbortSignal; readonly emit: EmitEvent }): HeedOptions {
  return {
    signal,
    onForgotten: ({ dataset, id, erased, givenUp }) => emit({ kind: 'rows-forgotten', dataset, id, erased, givenUp: givenUp.length }),
  };
}

/**
 * Takes over what other machines have forgotten since, before something is made of rows or put into the remote: else rows would come back that went out of it. Asks for
 * all tables at once, one small record for each and one more for each tombstone that is known.
 *
 * @throws TG-DATA-FORGET-BUSY when there is something to forget and a run of the project goes on; TG-STORE-REMOTE-…
 */
export async function heedTombstones(project: Project, { signal, onForgotten }: HeedOptions): Promise<void> {
  const { remote, config, name } = project;
  if (remote === null) return;
  const tables = Object.entries(config.data).flatMap(([dataset, { table, from }]) => (mayBeTable(table, from) ? [dataset] : []));
  const known = new Map(tables.map((dataset) => [dataset, new Set(tombstonesOf(project, dataset).map(({ tombstone }) => tombstone.id))]));
  const news = await newTombstonesIn(remote, name, known);
  if (news.length > 0) for (const one of await takeOverTombstones(project, news, signal)) onForgotten(one);
}

type DatasetConfig = Project['config']['data'][string];

function mayBeTable(table: DatasetConfig['table'], { source }: DatasetConfig['from']): boolean {
  return table !== undefined || (source !== undefined && source.kind !== 's3' && source.kind !== 'http');
}

/** What is asked again before anything leaves this machine, and need not stop work that stays on it. */
const canWait: ReadonlySet<ErrorCode> = new Set(['TG-DATA-FORGET-BUSY', 'TG-STORE-REMOTE', 'TG-STORE-REMOTE-UNREACHABLE']);

/** As {@link heedTombstones}, before work on this machine: a remote that does not answer, or another run, is no reason not to begin it. */
export async function heedTombstonesFirst(project: Project, options: HeedOptions): Promise<void> {
  try {
    await heedTombstones(project, options);
  } catch (error) {
    if (!(error instanceof TidegateError) || !error.diagnostics.every(({ code }) => canWait.has(code))) throw error;
  }
}
