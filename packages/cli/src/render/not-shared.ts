import type { Diagnostic } from '@tidegate/formats';
import { diagnosticLines } from './diagnostics.ts';
import type { Terminal } from './terminal.ts';

/** Why others do not get what was done; the work itself stands. */
export function tellNotShared(notShared: Diagnostic | null, terminal: Terminal): void {
  if (notShared === null) return;
  terminal.error(terminal.style('yellow', 'Not shared with the remote:'));
  for (const line of diagnosticLines(notShared, terminal)) terminal.error(line);
}
