const reading = `# What versions of data cost, beside other tools

Written by \`node bench/data/main.ts --files 100000 --write\`. Files of 2 to 8 KiB with bytes that nothing can squeeze, 500 to a folder, with the disk's cache warm; Tidegate
as published. What a check-out brought back had the same digest as what was added, or the cell says so; nothing in a cell was measured otherwise.

- **Wall s / CPU s** are of the command and everything that it started. Git's push goes to a bare repository, that of restic is a \`copy\` into a second
  repository; Oxen shares through a server only, and has neither garbage collection nor a check.
- **gc** throws away half of the files after the version without them is the only one that is needed.
- **Contention**: eight processes share one working tree of 2,000 files, and each edits files, adds, looks at the status, checks out over all edits, and
  collects garbage. Every seventh command gets \`kill -9\` on its way. A command that was let be and did not exit with 0 has failed.
`;

/** The results with one section written anew, the others as they were. */
export function withSection(text: string, title: string, section: string): string {
  const sections = new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((one) => [one.slice(0, one.indexOf('\n')), one.slice(one.indexOf('\n') + 1).trim()]),
  );
  sections.set(title, section);
  return [reading, ...[...sections].map(([name, one]) => `## ${name}\n\n${one}\n`)].join('\n');
}
