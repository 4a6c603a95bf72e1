import { checkRemote } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { remoteOption, zoneOption } from '../../open-here.ts';
import { rateOption } from '../../quantities.ts';
import { bytes } from '../../render/figures.ts';
import { counted } from '../../render/words.ts';
import type { Verb } from '../../verb.ts';

/** Damaged entries that are shown one by one; the rest is counted. */
const shown = 20;

export const verify: Verb = {
  usage: 'verify [--rate RATE]',
  options: {
    rate: { type: 'string', value: 'RATE', help: 'verify: read no faster than this, such as 50MB/s (default: no limit)' },
    remote: remoteOption,
    zone: zoneOption,
  },
  examples: [{ line: 'tidegate remote verify --rate 50MB/s', does: 'reads everything back; exit code 1 when something is damaged' }],
  run: async ({ project, invocation: { terminal, json, text, signal } }) => {
    const rate = rateOption('rate', text('rate'));
    let read = 0;
    const check = await checkRemote(project, {
      signal,
      onProgress: (count) => terminal.status(`… verifying: ${bytes((read += count))} read`),
      ...(rate !== undefined && { bytesPerSecond: rate }),
    });
    if (json) terminal.json(check);
    for (const { digest, zone, why } of check.damaged.slice(0, shown))
      terminal.line(`  ${shortDigest(digest)} of the zone ${zone}: ${why}`);
    if (check.damaged.length > shown) terminal.line(`  … and ${check.damaged.length - shown} more (--json lists all)`);
    const outcome =
      check.damaged.length === 0
        ? 'all of it is as it should be'
        : `${check.damaged.length} damaged, which count as missing now: push again from a machine that has them`;
    terminal.line(`Read ${counted(check.entries, 'piece')} (${bytes(check.bytes)}): ${outcome}.`);
    return check.damaged.length > 0 ? 1 : 0;
  },
};
