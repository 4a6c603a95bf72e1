import { spawn } from 'node:child_process';
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { callsOf } from './calls.ts';
import { digestOfFolder } from './many-files.ts';
import type { Command, Installed, Place } from './peer.ts';

type Act = 'add' | 'status' | 'checkout' | 'collect';

export interface Contention {
  readonly commands: number;
  readonly failed: number;
  readonly killed: number;
  /** How many of each came to their end by themselves. */
  readonly ended: Readonly<Record<Act, number>>;
  /** The last words of the first command that failed. */
  readonly firstFailure: string | null;
  /** What was found when all was quiet again. */
  readonly afterwards: string;
}

const processes = 8;

/**
 * Eight processes work on one project for a time: each edits a file, and then adds, looks at the status, checks the version out over all edits, or
 * collects garbage; every seventh command is killed (SIGKILL) on its way. None of those that were let be may fail, and afterwards what is added comes back
 * byte by byte.
 */
export async function playContention(peer: Installed, place: Place, seconds: number, original: string): Promise<Contention> {
  const data = join(place.project, 'data');
  cpSync(original, data, { recursive: true });
  const call = callsOf(peer, place);
  await call(peer.prepare(place));
  await call([...peer.add(place), ...peer.commit(place)]);
  const end = performance.now() + seconds * 1_000;
  const counts = { commands: 0, failed: 0, killed: 0 };
  const ended: Record<Act, number> = { add: 0, status: 0, checkout: 0, collect: 0 };
  let firstFailure: string | null = null;
  const work = async (index: number): Promise<void> => {
    for (let round = 0; performance.now() < end; round++) {
      writeFileSync(join(data, 'f000', `${String(index * 10 + (round % 10)).padStart(6, '0')}.bin`), `process ${index}, round ${round}`);
      const act = actOf(peer, index * 3 + round);
      const [command] = peer[act]?.(place) ?? [];
      if (command === undefined) continue;
      const killAfterMs = (index + round) % 7 === 6 ? 5 + ((index * 7 + round * 13) % 20) * 40 : null;
      const { code, output, wasKilled } = await runOnce(command, { peer, place, killAfterMs });
      counts.commands += 1;
      if (wasKilled) counts.killed += 1;
      else ended[act] += 1;
      if (wasKilled || code === 0) continue;
      counts.failed += 1;
      firstFailure ??= `${act}: ${output.trim().split('\n').slice(-2).join(' ').slice(0, 300)}`;
    }
  };
  await Promise.all(Array.from({ length: processes }, (_, index) => work(index)));
  return { ...counts, ended, firstFailure, afterwards: await afterwards(peer, place) };
}

/** What each process does in turn; a tool that cannot do something adds instead. */
const turns: readonly Act[] = ['add', 'status', 'add', 'checkout', 'add', 'status', 'collect', 'add', 'checkout', 'status'];

function actOf(peer: Installed, turn: number): Act {
  const act = turns[turn % turns.length] ?? 'add';
  return peer[act] === null ? 'add' : act;
}

/** Adds what lies there, brings it back into an empty folder, and has the tool look for damage. */
async function afterwards(peer: Installed, place: Place): Promise<string> {
  const data = join(place.project, 'data');
  const call = callsOf(peer, place);
  try {
    writeFileSync(join(data, 'f000', '000000.bin'), 'afterwards');
    await call([...peer.add(place), ...peer.commit(place)]);
    const wanted = digestOfFolder(data);
    rmSync(data, { recursive: true });
    await call(peer.checkout(place));
    if (!existsSync(data) || digestOfFolder(data) !== wanted) return '**other files came back**';
    if (peer.check === null) return 'all came back, it has no check';
    await call(peer.check(place));
    return 'all came back, its check is clean';
  } catch (error) {
    return `**not sound**: ${error instanceof Error ? error.message : String(error)}`;
  }
}

interface Once {
  readonly peer: Installed;
  readonly place: Place;
  readonly killAfterMs: number | null;
}

function runOnce(
  [program, ...words]: Command,
  { peer, place, killAfterMs }: Once,
): Promise<{ readonly code: number | null; readonly output: string; readonly wasKilled: boolean }> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...peer.variables(place) };
    const child = spawn(program, words, { cwd: place.project, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-2_000)));
    let isOver = false;
    const timer =
      killAfterMs === null
        ? null
        : setTimeout(() => !isOver && child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), killAfterMs);
    child.once('error', reject);
    child.once('exit', () => (isOver = true));
    child.once('close', (code, signal) => {
      if (timer !== null) clearTimeout(timer);
      resolve({ code, output, wasKilled: signal === 'SIGKILL' });
    });
  });
}
