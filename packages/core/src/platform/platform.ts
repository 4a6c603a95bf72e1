import { type Clock, systemClock } from './clock.ts';
import { type Random, systemRandom } from './random.ts';

/** What the engine asks of the machine besides files and processes; passed in, so that tests steer it. */
export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  /** Variables of the surrounding process; read only here. */
  readonly variables: { readonly [name: string]: string | undefined };
}

export const systemPlatform: Platform = { clock: systemClock, random: systemRandom, variables: process.env };
