import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { placeAt } from './place.ts';
import type { FaultScenario } from './scenario.ts';
import type { Task } from './tasks.ts';
import { type Rehearsed, rehearse, type Outcome, tryFault, tryKill } from './try-fault.ts';

/** One line of the ledger: a task and what came of it. */
export interface Entry extends Outcome {
  readonly name: string;
  readonly scenario: string;
  readonly fault: string;
  readonly call: string | null;
}

export interface Campaign {
  /** One for each worker; they work side by side. */
  readonly stages: readonly Stage[];
  /** A file with a line for each fault; what is in it already is not tried again. Null keeps none. */
  readonly ledger: string | null;
  readonly onEntry: (entry: Entry, left: number) => void;
}

/** The scenarios as one worker plays them, each laid out when it is first wanted. */
export type Stage = (scenario: FaultScenario) => Promise<Rehearsed>;

/** @param program the command line that faults are put into */
export function stageAt(folder: string, program: string): Stage {
  const laidOut = new Map<string, Promise<Rehearsed>>();
  return (scenario) => {
    const found = laidOut.get(scenario.name) ?? rehearse(scenario, placeAt(join(folder, scenario.name), { program }));
    laidOut.set(scenario.name, found);
    return found;
  };
}

/** Tries every task once, several at a time. */
export async function carryOut(tasks: readonly Task[], { stages, ledger, onEntry }: Campaign): Promise<readonly Entry[]> {
  const entries = ledger === null ? [] : readLedger(ledger);
  const known = new Set(entries.map((entry) => entry.name));
  const waiting = tasks.filter((task) => !known.has(task.name));
  const work = async (stage: Stage): Promise<void> => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
      const entry = entryOf(task, await tryTask(await stage(task.scenario), task));
      entries.push(entry);
      if (ledger !== null) appendFileSync(ledger, `${JSON.stringify(entry)}\n`);
      onEntry(entry, waiting.length);
    }
  };
  if (ledger !== null) mkdirSync(dirname(ledger), { recursive: true });
  await Promise.all(stages.map(work));
  return entries;
}

function tryTask(rehearsed: Rehearsed, task: Task): Promise<Outcome> {
  return task.kind === 'call' ? tryFault(rehearsed, task.point, task.fault) : tryKill(rehearsed, task.moment);
}

function entryOf(task: Task, outcome: Outcome): Entry {
  const more = task.kind === 'call' ? { fault: task.fault, call: task.point.call } : { fault: 'random-kill', call: null };
  return { name: task.name, scenario: task.scenario.name, ...more, ...outcome };
}

export function readLedger(ledger: string): Entry[] {
  if (!existsSync(ledger)) return [];
  return readFileSync(ledger, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}')) // the last one may be half
    .map((line) => JSON.parse(line) as Entry);
}
