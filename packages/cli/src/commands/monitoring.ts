import { relative, resolve } from 'node:path';
import { exportMonitoring } from '@tidegate/core';
import { byVerb } from '../by-verb.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  name: 'monitoring',
  summary: 'Write what watches the services: rules for Prometheus, a dashboard for Grafana',
  usage: 'export [--output FOLDER]',
  options: { output: { type: 'string', short: 'o', value: 'FOLDER', help: 'Where to write the files (default: build/monitoring)' } },
  examples: [
    { line: 'tidegate monitoring export', does: 'rules, their tests and the dashboard, to build/monitoring' },
    { line: 'tidegate monitoring export --output monitoring', does: 'the same to a folder that is kept in Git' },
  ],
  run: byVerb({
    export: async ({ project, invocation: { cwd, terminal, json, text } }) => {
      const output = text('output');
      const folder = output === undefined ? resolve(project.root, 'build/monitoring') : resolve(cwd, output);
      const files = await exportMonitoring(project, folder);
      if (json) terminal.json({ files });
      for (const file of files) terminal.line(`Written: ${relative(cwd, file)}`);
      const silent = Object.entries(project.config.services).flatMap(([name, { slo }]) => (slo === null ? [name] : []));
      if (silent.length > 0)
        terminal.line(
          `No SLO: ${silent.join(', ')}. Errors and slow answers alert nobody until it has one: "slo: { availability: 99.9%, latency: { p99: 50ms } }"`,
        );
    },
  }),
};
