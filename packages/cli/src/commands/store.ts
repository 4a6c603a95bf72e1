import { relative, resolve } from 'node:path';
import { checkStore, collectGarbage, exportNamed, importInto, listPins, packCold, pin, scrub, storeInBrief, unpin } from '@tidegate/core';
import { byVerb } from '../by-verb.ts';
import type { Command, Invocation } from '../command.ts';
import { countOption, durationOption, rateOption, sizeOption } from '../quantities.ts';
import { bytes, moment, whole } from '../render/figures.ts';
import { garbageLines } from '../render/garbage-view.ts';
import { packedLines } from '../render/packed-view.ts';
import { exitCodeOf, outcomeOf, problemLines } from '../render/store-problems.ts';
import { table } from '../render/table.ts';
import { counted } from '../render/words.ts';

export const command: Command = {
  name: 'store',
  summary: 'Look after the store: what it holds, garbage, damage, pins',
  usage:
    '[show | gc [--dry-run] [--keep-bytes SIZE] [--keep-runs N] [--keep-days N] [--grace TIME] | pack [--dry-run] [--older TIME] [--rate RATE] [--for TIME] | fsck [--repair] | scrub [--rate RATE] [--for TIME] | pin [NAME] | unpin NAME | export NAME… [--output FILE] | import FILE [--zone ZONE]]',
  options: {
    output: { type: 'string', short: 'o', value: 'FILE', help: 'export: where to write the bundle (default: bundle.tar)' },
    zone: { type: 'string', value: 'ZONE', help: 'import: the zone whose runs made it, as you trust it (default: untrusted)' },
    'dry-run': { type: 'boolean', help: 'gc, pack: only say what would go, and why, or what would be packed' },
    'keep-bytes': { type: 'string', value: 'SIZE', help: 'gc: make the store no larger than this; what was used longest ago goes first' },
    'keep-runs': { type: 'string', value: 'N', help: 'gc: keep so many of the newest runs (default: "keep" in tidegate.yaml, then 50)' },
    'keep-days': { type: 'string', value: 'N', help: 'gc: keep runs of so many days (default: "keep" in tidegate.yaml, then 30)' },
    repair: { type: 'boolean', help: 'fsck: take what is damaged from the remote, and results that lack something out of the cache' },
    rate: { type: 'string', value: 'RATE', help: 'scrub, pack: read no faster than this (default: 50MB/s)' },
    for: { type: 'string', value: 'TIME', help: 'scrub, pack: end after this time (default: 10m)' },
    older: { type: 'string', value: 'TIME', help: 'pack: only what was stored longer ago (default: 7d)' },
    grace: { type: 'string', value: 'TIME', help: 'gc: keep what was stored within this time (default: 1d)' },
  },
  examples: [
    { line: 'tidegate store', does: 'how many objects, how large' },
    { line: 'tidegate store gc --dry-run', does: 'what nothing needs any more, with sizes and reasons' },
    {
      line: 'tidegate store gc --keep-bytes 20GB',
      does: 'and beyond it what was used longest ago, but nothing that is live, pinned or newest',
    },
    { line: 'tidegate store pack --older 30d', does: 'keep what nothing has checked out as pieces, which versions that are alike share' },
    {
      line: 'tidegate store fsck',
      does: 'read every object, and look whether every record has what it names; exit code 1 when something is wrong',
    },
    { line: 'tidegate store scrub --rate 50MB/s --for 10m', does: 'a part of that, going on where the last one stopped: for cron' },
    { line: 'tidegate store export steps.train -o train.tar', does: 'the newest result with everything of it, to carry it over' },
    { line: 'tidegate store import train.tar --zone branch', does: 'and over there, for runs of the zone branch' },
    { line: 'tidegate store pin production', does: 'keep what is live there now, whatever is deployed later' },
    { line: 'tidegate store unpin production', does: 'let go again what was kept so' },
  ],
  run: byVerb({
    show: async ({ project, invocation: { terminal, json } }) => {
      const brief = storeInBrief(project);
      if (json) terminal.json(brief);
      terminal.line(brief.folder);
      terminal.line(`  ${counted(brief.small.objects, 'small object')} in one database, ${bytes(brief.small.bytes)}`);
      terminal.line(`  ${counted(brief.files.objects, 'file')}, ${bytes(brief.files.bytes)}`);
      if (brief.cold.objects > 0)
        terminal.line(`  ${counted(brief.cold.objects, 'object')} in pieces, ${bytes(brief.cold.bytes)} as files`);
      terminal.line(`  ${counted(brief.results, 'result')} of ${counted(brief.projects, 'project')}`);
    },
    gc: async ({ project, invocation }) => {
      const { terminal, json, flag, signal } = invocation;
      const { objects: store, state, platform, home } = project;
      const report = await collectGarbage({
        store,
        state,
        home,
        nowMs: platform.clock.now(),
        dryRun: flag('dry-run'),
        signal,
        ...limitsOf(invocation),
      });
      if (json) terminal.json(report);
      for (const line of garbageLines(report)) terminal.line(line);
    },
    pack: async ({ project, invocation: { terminal, json, flag, text, signal } }) => {
      const [rate, time, older] = [
        rateOption('rate', text('rate')),
        durationOption('for', text('for')),
        durationOption('older', text('older')),
      ];
      const packed = await packCold(project, {
        dryRun: flag('dry-run'),
        signal,
        ...(rate !== undefined && { bytesPerSecond: rate }),
        ...(time !== undefined && { forMs: time }),
        ...(older !== undefined && { olderMs: older }),
      });
      if (json) terminal.json(packed);
      for (const line of packedLines(packed)) terminal.line(line);
    },
    fsck: async ({ project, invocation: { terminal, json, flag, signal } }) => {
      const check = await checkStore(project, { repair: flag('repair'), signal });
      if (json) terminal.json(check);
      for (const line of problemLines(check.problems)) terminal.line(line);
      terminal.line(
        `Read ${counted(check.objects, 'object')} (${bytes(check.bytes)}), ${counted(check.results, 'result')}, ${counted(check.runs, 'run')}: ${outcomeOf(check.problems)}.`,
      );
      return exitCodeOf(check.problems);
    },
    scrub: async ({ project, invocation: { terminal, json, text, signal } }) => {
      const [rate, time] = [rateOption('rate', text('rate')), durationOption('for', text('for'))];
      const options = { signal, ...(rate !== undefined && { bytesPerSecond: rate }), ...(time !== undefined && { forMs: time }) };
      const done = await scrub(project, options);
      if (json) terminal.json(done);
      for (const line of problemLines(done.problems)) terminal.line(line);
      terminal.line(
        `Read ${counted(done.objects, 'object')} (${bytes(done.bytes)}), ${whole(done.left)} left: ${outcomeOf(done.problems)}.`,
      );
      if (done.oldestRead !== null) terminal.line(`Everything has been read since ${moment(done.oldestRead)}.`);
      return exitCodeOf(done.problems);
    },
    pin: async ({ project, invocation: { terminal, json }, words: [name] }) => {
      const pins = name === undefined ? listPins(project) : [await pin(project, name)];
      if (json) terminal.json(pins);
      if (pins.length === 0) terminal.line('Nothing is pinned.');
      const rows = pins.map(({ name: pinned, digests, run, madeAt }) => [
        pinned,
        run ?? counted(digests.length, 'object'),
        `since ${madeAt}`,
      ]);
      for (const line of table(rows)) terminal.line(line);
    },
    export: async ({ project, invocation: { terminal, json, text, cwd }, words }) => {
      const file = resolve(cwd, text('output') ?? 'bundle.tar');
      const exported = await exportNamed(project, words, file);
      if (json) terminal.json({ file, ...exported });
      terminal.line(
        `Written: ${relative(cwd, file)}: ${counted(exported.results, 'result')}, ${counted(exported.objects, 'object')}, ${bytes(exported.bytes)}.`,
      );
    },
    import: async ({ project, invocation: { terminal, json, text, cwd }, words: [name = ''] }) => {
      const imported = await importInto(project, resolve(cwd, name), text('zone') === undefined ? 'untrusted' : project.zone);
      if (json) terminal.json(imported);
      const { results, ofResults, objects, zone } = imported;
      terminal.line(
        `Imported: ${results} of ${counted(ofResults, 'result')} as of the zone ${zone}, ${counted(objects, 'object')}. The rest was there.`,
      );
      for (const { release, service } of imported.releases) terminal.line(`  release ${release} of services.${service}`);
    },
    unpin: async ({ project, invocation: { terminal, json }, words: [name = ''] }) => {
      unpin(project, name);
      if (json) terminal.json({ unpinned: name });
      terminal.line(`${name} is no longer pinned.`);
    },
  }),
};

function limitsOf({ text }: Invocation): Pick<Parameters<typeof collectGarbage>[0], 'graceMs' | 'keep' | 'keepBytes'> {
  const graceMs = durationOption('grace', text('grace'));
  const keepBytes = sizeOption('keep-bytes', text('keep-bytes'));
  const [runs, days] = [countOption('keep-runs', text('keep-runs')), countOption('keep-days', text('keep-days'))];
  return {
    ...(graceMs !== undefined && { graceMs }),
    ...(keepBytes !== undefined && { keepBytes }),
    keep: { ...(runs !== undefined && { runs }), ...(days !== undefined && { days }) },
  };
}
