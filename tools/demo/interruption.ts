/** Thrown where the story cannot go on because somebody stopped it. */
export class Interrupted extends Error {}

export interface Interruption {
  readonly happened: () => boolean;
  /** @throws Interrupted once it has happened */
  readonly check: () => void;
}

/**
 * Notes Ctrl-C, SIGTERM, a closed terminal and a reader of the output that has gone, and keeps this process going so that it
 * can clear up. Commands that run get the terminal's signal themselves; it is not sent to them twice.
 */
export function noteInterruption(): Interruption {
  let happened = false;
  const note = (): void => {
    if (!happened) console.log('\nStopping: what runs is ended first.');
    happened = true;
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, note);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => (happened = true)); // `npm run demo | head`
  const check = (): void => {
    if (happened) throw new Interrupted('The demo was stopped');
  };
  return { happened: () => happened, check };
}
