import { resolve } from 'node:path';
import { addToken } from '@tidegate/core';
import { failure, isZone, zones } from '@tidegate/formats';
import type { Invocation } from '../../command.ts';

/** Makes a token for a zone and prints it, this once. */
export async function token({ cwd, text, terminal, json, positionals }: Invocation): Promise<number> {
  const [, zone = ''] = positionals;
  if (!isZone(zone))
    throw failure(
      'TG-CLI-USAGE',
      `Cannot make a token for the zone "${zone}": there is none of that name`,
      `Name one of: ${zones.join(', ')}`,
    );
  const path = text('tokens');
  if (path === undefined)
    throw failure(
      'TG-CLI-USAGE',
      'Cannot make a token: it is not said which file it is for',
      `Name it: tidegate remote token ${zone} --tokens FILE`,
    );
  const name = text('name') ?? zone;
  const made = await addToken(resolve(cwd, path), { zone, name });
  if (json) terminal.json({ zone, name, token: made });
  terminal.line(`Token for the zone ${zone}, told this once: ${made}`);
  return 0;
}
