import { resolve } from 'node:path';
import { type LintedContract, lintContractFile } from '@tidegate/core';
import { errorEntry, failure } from '@tidegate/formats';
import { diagnosticLines } from '../../render/diagnostics.ts';
import { harmless, type Terminal } from '../../render/terminal.ts';
import { counted } from '../../render/words.ts';
import type { VerbAnywhere } from '../../verb.ts';

export const lint: VerbAnywhere = {
  usage: 'lint FILE…',
  examples: [{ line: 'tidegate contract lint contracts/flights.odcs.yaml', does: 'every mistake of a data contract, with its place' }],
  run: async ({ invocation: { terminal, json, cwd }, words }) => {
    if (words.length === 0)
      throw failure('TG-CLI-USAGE', 'Cannot run "tidegate contract lint": FILE is missing', 'Name the files of data contracts');
    const linted: LintedContract[] = [];
    for (const word of words) linted.push(await lintContractFile(resolve(cwd, word), word));
    if (json) terminal.json({ contracts: linted });
    for (const one of linted) tell(one, terminal);
    return Math.max(0, ...linted.flatMap(({ mistakes }) => mistakes.map(({ code }) => errorEntry(code).exit)));
  },
};

function tell({ file, contract, mistakes, notices }: LintedContract, terminal: Terminal): void {
  for (const mistake of mistakes) for (const line of diagnosticLines(mistake, terminal)) terminal.error(line);
  for (const { message, hint, place } of notices)
    terminal.error(
      `${place === null ? '' : `${harmless(place.file)}:${place.line}:${place.column}: `}${terminal.style('yellow', 'notice')}: ${harmless(message)}${hint === null ? '' : `. ${harmless(hint)}`}`,
    );
  if (mistakes.length > 0 || contract === null) return;
  const sum = (key: 'properties' | 'rules'): number => contract.objects.reduce((total, object) => total + object[key], 0);
  const says = `${counted(contract.objects.length, 'object')}, ${counted(sum('properties'), 'property', 'properties')}, ${counted(sum('rules'), 'rule')}`;
  terminal.line(
    `${terminal.style('green', '✓')} ${harmless(file)}: "${harmless(contract.id)}" ${harmless(contract.version)}, ODCS ${contract.apiVersion}, ${says}`,
  );
}
