import type { Player } from './player.ts';
import { afterAugust, exampleRows } from './project.ts';
import type { Up } from './up.ts';

/** What goes on from act to act once time is played: `tidegate up`, and who asks production. */
export interface GoingOn {
  readonly up: Up;
  readonly player: Player;
  /** Where production answers; it stays the same over all releases. */
  readonly address: string;
}

/** What a stream of requests asks that only shows that all of them are answered: of a moment long past, which no monitor looks at. */
export const streamBody = { at: afterAugust, rows: exampleRows.slice(0, 1) } as const;

/** Ends the watching; what is deployed stays up. */
export async function endGoingOn({ up, player }: GoingOn): Promise<void> {
  player.close();
  await up.end();
}
