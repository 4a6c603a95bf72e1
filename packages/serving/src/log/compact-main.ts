import { setTimeout as delay } from 'node:timers/promises';
import { compactLog, type CompactedSegment } from '@tidegate/runtime';
import { countOf, parseOptions } from '../arguments.ts';

/** How long it waits for another process that compacts the same folder now; after that the next server does it. */
const waitMs = 300_000;
const askAgainMs = 200;

/** `compact --log FOLDER --keep BYTES`: writes ended segments of a prediction log as Parquet and says on stderr what was lost. */
export async function compact(argv: readonly string[]): Promise<void> {
  const { log, keep } = parseOptions(argv, { command: 'compact', required: ['log', 'keep'], optional: [] });
  for (const { segment, rows, inOrder, tornBytes } of await compactInTurn(log, countOf('keep', keep, 0)))
    if (!inOrder)
      process.stderr.write(
        `${new Date().toISOString()} The server that wrote segment ${segment} of the prediction log was killed: ${rows} rows are there, those of its last second may be missing${tornBytes > 0 ? `, and ${tornBytes} bytes of a row that was not whole were cut off` : ''}\n`,
      );
}

/** One that works now may have looked at the folder before the segment ended that this one is to compact. */
async function compactInTurn(folder: string, keepBytes: number): Promise<readonly CompactedSegment[]> {
  for (let waitedMs = 0; waitedMs < waitMs; waitedMs += askAgainMs) {
    const segments = await compactLog(folder, keepBytes);
    if (segments !== null) return segments;
    await delay(askAgainMs);
  }
  return [];
}
