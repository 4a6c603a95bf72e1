import { type ReadyQueue, readyQueue } from '../graph/ready-queue.ts';
import type { Capacity, Demand } from './resources.ts';

/** Lets in only as many steps as could run soon, so that those who wait for something scarce do not stand in the way of the others. */
export interface Turnstiles {
  /** Whether the step of that rank may be visited now; otherwise it is kept until {@link Turnstiles.leave} gives it back. */
  readonly enter: (rank: number, demand: Demand) => boolean;
  /** A visit is over; @returns ranks of steps that are to try again. */
  readonly leave: (demand: Demand) => readonly number[];
}

/** Visits ahead of those that can run, so that what becomes free does not wait for a key to be found out. */
const ahead = 2;

/** Who is kept waits for something of which as many are inside as may be; so somebody will leave, and one of each sort tries again. */
export function openTurnstiles({ cpus, gpus = [], pools = {} }: Capacity): Turnstiles {
  const inside = new Map<string, number>();
  const kept = new Map<string, { readonly scarce: readonly string[]; readonly ranks: ReadyQueue }>();
  const limits = new Map([[gpuSign, gpus.length], ...Object.entries(pools)]);
  const isClosed = (name: string): boolean => (inside.get(name) ?? 0) >= (limits.get(name) ?? cpus) + ahead;
  return {
    enter: (rank, demand) => {
      const scarce = scarceIn(demand);
      if (scarce.some(isClosed)) {
        const sort = scarce.join(' ');
        const entry = kept.get(sort) ?? { scarce, ranks: readyQueue() };
        entry.ranks.push(rank);
        kept.set(sort, entry);
        return false;
      }
      for (const name of scarce) inside.set(name, (inside.get(name) ?? 0) + 1);
      return true;
    },
    leave: (demand) => {
      const scarce = scarceIn(demand);
      if (scarce.length === 0) return nothing;
      for (const name of scarce) inside.set(name, (inside.get(name) ?? 1) - 1);
      return [...kept.values()].flatMap((entry) => (entry.scarce.some(isClosed) ? [] : (entry.ranks.pop() ?? [])));
    },
  };
}

const nothing: readonly never[] = [];
/** Signs of their own: no pool's name has a colon. */
const gpuSign = 'gpus:';

function scarceIn({ gpus, pools, rate }: Demand): readonly string[] {
  if (gpus === 0 && pools.length === 0 && rate === null) return nothing;
  return [...(gpus > 0 ? [gpuSign] : []), ...pools.map(([pool]) => pool), ...(rate === null ? [] : [`rate:${rate}`])];
}
