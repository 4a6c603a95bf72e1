import { examine, type Finding } from '@tidegate/core';
import type { Command } from '../command.ts';
import { openHere, servingProgram } from '../open-here.ts';
import { findProjectRoot } from '@tidegate/core';

export const command: Command = {
  name: 'doctor',
  summary: 'Check the machine and the project for what would go wrong',
  usage: '',
  options: {},
  examples: [{ line: 'tidegate doctor', does: 'Node, Python, Git, disk, the store, the project; each finding with its fix' }],
  run: async (invocation) => {
    const { terminal } = invocation;
    const inProject = (await findProjectRoot(invocation.cwd)) !== null;
    using project = inProject ? await openHere(invocation) : null;
    const findings: readonly Finding[] = await examine({ project, serving: servingProgram() });
    if (invocation.json) terminal.json(findings);
    const marks = { ok: terminal.style('green', '✓'), warning: terminal.style('yellow', '!'), error: terminal.style('red', '✗') };
    for (const finding of findings) {
      terminal.line(`${marks[finding.state]} ${finding.about}: ${finding.found}`);
      if (finding.fix !== null) terminal.line(`    ${terminal.style('bold', 'fix:')} ${finding.fix}`);
    }
    return findings.some((finding) => finding.state === 'error') ? 1 : 0;
  },
};
