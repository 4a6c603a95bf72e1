import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Stage } from './stage.ts';

/** What is asked, each with what it means. */
const questions = [
  ['sum by (endpoint, code) (tidegate_requests_total) > 0', 'requests answered, by endpoint and status'],
  ['sum by (status) (tidegate_feature_lookups_total)', 'feature values looked up, by whether they were there'],
  [
    'histogram_quantile(0.5, sum by (view, le) (tidegate_feature_age_seconds_bucket))',
    'median age of what was looked up, in seconds, by view',
  ],
  ['tidegate_prediction_log_rows_total > 0', 'rows of the prediction log'],
  ['count(ALERTS{alertstate="firing"}) or vector(0)', 'alerts of the exported rules that fire'],
] as const;

/** Lets a real Prometheus read the metrics of production once with the exported rules, asks it, and ends it. Says so when none is installed. */
export async function tellPrometheus(stage: Stage, address: string): Promise<void> {
  const { story, commands, place } = stage;
  const folder = join(place, 'prometheus');
  await mkdir(folder, { recursive: true });
  await commands.json(['monitoring', 'export', '--output', folder]);
  await writeFile(join(folder, 'prometheus.yaml'), configuration(new URL(address).host));
  const port = await freePort();
  const child = await start(folder, port);
  if (child === null) return story.say('No Prometheus is installed here, so none reads /metrics. (A test does it where there is one.)');
  try {
    story.say(`A real Prometheus reads ${address}/metrics every 200 ms, with the rules of "tidegate monitoring export".`);
    const own = `http://127.0.0.1:${port}`;
    await until(stage, child, async () => (await query(own, 'tidegate_ready')).length > 0);
    for (const [expr, meaning] of questions) {
      story.quote(`${expr}    ${meaning}`);
      for (const line of await query(own, expr)) story.quote(`    ${line}`);
    }
  } finally {
    const ended = once(child, 'exit');
    if (child.exitCode === null && child.kill('SIGTERM')) await ended;
  }
}

function configuration(target: string): string {
  return `global: { scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms }
rule_files: [prometheus-rules.yaml]
scrape_configs:
  - job_name: tidegate
    honor_labels: true
    static_configs: [{ targets: ["${target}"], labels: { environment: production } }]
`;
}

/** @returns null when no Prometheus is installed */
async function start(folder: string, port: number): Promise<ChildProcess | null> {
  const argv = ['--config.file=prometheus.yaml', '--storage.tsdb.path=data', `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'];
  const child = spawn('prometheus', argv, { cwd: folder, stdio: 'ignore' });
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child));
    child.once('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? resolve(null) : reject(error)));
  });
}

async function until({ interruption }: Stage, child: ChildProcess, isTrue: () => Promise<boolean>): Promise<void> {
  for (;;) {
    interruption.check();
    if (child.exitCode !== null) throw new Error(`Cannot go on: Prometheus ended with ${child.exitCode}`);
    if (await isTrue().catch(() => false)) return;
    await wait(200);
  }
}

/** @returns a line for each series: its labels and value */
async function query(address: string, expr: string): Promise<readonly string[]> {
  const answer = await fetch(`${address}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query: expr }) });
  const told = (await answer.json()) as {
    readonly error?: string;
    readonly data?: {
      readonly result: readonly { readonly metric: { readonly [label: string]: string }; readonly value: readonly [number, string] }[];
    };
  };
  if (told.data === undefined) throw new Error(`Cannot go on: Prometheus refuses ${expr}: ${told.error}`);
  return told.data.result.map(({ metric, value }) => {
    const labels = Object.entries(metric).filter(([name]) => !['__name__', 'instance', 'job', 'environment'].includes(name));
    return `${labels.map(([name, text]) => `${name}=${text}`).join(' ')} ${value[1]}`.trim();
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('Cannot find a free port');
  return address.port;
}
