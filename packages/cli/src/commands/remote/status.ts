import { briefOfRemote } from '@tidegate/core';
import { remoteOption, zoneOption } from '../../open-here.ts';
import { bytes, moment } from '../../render/figures.ts';
import { counted } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';

export const status: Verb = {
  usage: 'status',
  options: { remote: remoteOption, zone: zoneOption },
  examples: [{ line: 'tidegate remote status', does: 'how much is there, of which zone, and which projects share it' }],
  run: async ({ project, invocation: { terminal, json, signal } }) => {
    const brief = await briefOfRemote(project, { signal });
    if (json) terminal.json(brief);
    terminal.line(`${brief.address}, as of the zone ${brief.zone}`);
    if (brief.zones.length === 0) terminal.line('  Nothing is there yet.');
    for (const { zone, objects, bytes: size, packs, condemned, damaged } of brief.zones) {
      const trouble = [condemned > 0 ? `${condemned} condemned` : '', damaged > 0 ? `${damaged} damaged` : ''].filter(
        (text) => text !== '',
      );
      const more = trouble.length === 0 ? '' : `; ${trouble.join(', ')}`;
      terminal.line(`  ${zone}: ${counted(objects, 'object')} (${bytes(size)}) in ${counted(packs, 'pack')}${more}`);
    }
    for (const { project: name, at } of brief.projects) terminal.line(`  shared by ${name}, which pushed last at ${moment(at)}`);
  },
};
