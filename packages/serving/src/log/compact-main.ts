import { compactLog } from '@tidegate/runtime';
import { countOf, parseOptions } from '../arguments.ts';

/** `compact --log FOLDER --keep BYTES`: writes ended segments of a prediction log as Parquet and says on stderr what was lost. */
export async function compact(argv: readonly string[]): Promise<void> {
  const { log, keep } = parseOptions(argv, { command: 'compact', required: ['log', 'keep'], optional: [] });
  const segments = (await compactLog(log, countOf('keep', keep, 0))) ?? [];
  for (const { segment, rows, inOrder, tornBytes } of segments)
    if (!inOrder)
      process.stderr.write(
        `${new Date().toISOString()} The server that wrote segment ${segment} of the prediction log was killed: ${rows} rows are there, those of its last second may be missing${tornBytes > 0 ? `, and ${tornBytes} bytes of a row that was not whole were cut off` : ''}\n`,
      );
}
