import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { MonitoringFile } from '../../packages/core/src/monitoring/monitoring-files.ts';

export interface Prometheus {
  /** How many series an expression has now, a moment later. @throws Error when Prometheus refuses it */
  readonly query: (expr: string) => Promise<number>;
  readonly rules: () => Promise<readonly { readonly name: string; readonly state?: string; readonly lastError?: string }[]>;
}

/** Rules and the port on loopback of the server to read. */
export interface Watching {
  readonly files: readonly MonitoringFile[];
  readonly port: number;
}

const program = 'prometheus';

/** Starts a Prometheus of its own, on a free port of loopback and in a temporary folder, that reads every 200 ms. It ends with the test. */
export async function startPrometheus(t: TestContext, { files, port }: Watching): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-prometheus-'));
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'prometheus.yaml'), configuration(port));
  const own = await freePort();
  const argv = [`--config.file=${folder}/prometheus.yaml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${own}`];
  const child = spawn(program, argv, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const ended = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true });
  });
  const address = `http://127.0.0.1:${own}`;
  while (!(await fetch(`${address}/-/ready`).catch(() => null))?.ok) {
    if (child.exitCode !== null) throw new Error(`Prometheus ended: ${log}`);
    await delay(50);
  }
  return asking(address);
}

/** As docs/how-to/watch-with-prometheus.md has it, only quicker. */
function configuration(port: number): string {
  return `global: { scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms }
rule_files: [prometheus-rules.yaml]
scrape_configs:
  - job_name: tidegate
    honor_labels: true
    static_configs:
      - targets: ["127.0.0.1:${port}"]
        labels: { environment: production }
`;
}

function asking(address: string): Prometheus {
  return {
    query: async (expr) => {
      await delay(100);
      const answer = await fetch(`${address}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query: expr }) });
      const told = (await answer.json()) as { readonly error?: string; readonly data?: { readonly result: readonly unknown[] } };
      if (told.data === undefined) throw new Error(`Cannot query ${expr}: ${told.error}`);
      return told.data.result.length;
    },
    rules: async () => {
      const told = (await (await fetch(`${address}/api/v1/rules`)).json()) as {
        readonly data: { readonly groups: readonly { readonly rules: Awaited<ReturnType<Prometheus['rules']>> }[] };
      };
      return told.data.groups.flatMap(({ rules }) => rules);
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
