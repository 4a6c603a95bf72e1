import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openEngine, quoteText } from '@tidegate/runtime';
import { shop } from '../../packages/core/src/project/test-shop.ts';
import { type Stage, stage } from './play.ts';

/** The shop, whose main branch goes to production, and whose weather takes pushed rows, as `tidegate up` finds it; some files otherwise. */
export async function shopStage(more: { readonly [path: string]: (text: string) => string } = {}): Promise<Stage> {
  const files = mkdtempSync(join(tmpdir(), 'tg-shop-'));
  const own = {
    ...shop(),
    'tidegate.yaml': `${shop()['tidegate.yaml'] ?? ''}branches: { main: production, "*": gate }\n`.replace(
      'weather: { from: { files: data/weather.csv } }',
      'weather: { from: { files: data/weather/*.parquet }, time: moment, push: data/weather }',
    ),
    'data/weather/.gitignore': '*.parquet\n',
  };
  for (const [path, text] of Object.entries(own)) {
    mkdirSync(dirname(join(files, path)), { recursive: true });
    writeFileSync(join(files, path), more[path]?.(text) ?? text);
  }
  using engine = await openEngine({ threads: 1 });
  const [csv, parquet] = ['data/weather.csv', 'data/weather/first.parquet'].map((path) => quoteText(join(files, path)));
  await engine.run(
    `COPY (SELECT town, moment::TIMESTAMP AS moment, rain::INTEGER AS rain FROM read_csv(${csv})) TO ${parquet} (FORMAT parquet)`,
  );
  rmSync(join(files, 'data/weather.csv'));
  const at = await stage(files);
  rmSync(files, { recursive: true });
  return at;
}

export interface Status {
  readonly environments: readonly {
    readonly name: string;
    readonly release: string | null;
    readonly commit: string | null;
    readonly address: string | null;
  }[];
  readonly lastRun: { readonly status: string } | null;
  readonly up: { readonly pid: number; readonly address: string; readonly token: string } | null;
}

export const statusOf = async (at: Stage): Promise<Status> => JSON.parse((await at.tidegate(['status', '--json'])).stdout) as Status;
export const production = (status: Status): Status['environments'][number] | undefined =>
  status.environments.find(({ name }) => name === 'production');
export const headOf = async (at: Stage): Promise<string> => (await at.git(['rev-parse', 'HEAD'])).stdout.trim();

/** Commits of the lock newest first. */
export async function lockCommits(at: Stage): Promise<readonly string[]> {
  const { stdout } = await at.git(['log', '--author', 'tidegate up', '--format=%H', '--', 'tidegate.lock']);
  return stdout.trim().split('\n').filter(Boolean);
}

/** What a request that must succeed was answered. */
export async function post(
  address: string,
  { path, body, headers = {} }: { readonly path: string; readonly body: object; readonly headers?: object },
): Promise<unknown> {
  const answer = await fetch(`${address}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return JSON.parse(text);
}

/** Asks for predictions until it is stopped, and counts answers by status. */
export function askAgainAndAgain(
  address: string,
  body: object,
): { readonly stop: () => Promise<ReadonlyMap<string, number>> } & AsyncDisposable {
  const counts = new Map<string, number>();
  let goesOn = true;
  const ask = async (): Promise<void> => {
    while (goesOn) {
      const outcome = await fetch(`${address}/v1/predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).then(
        async (answer) => (await answer.text(), String(answer.status)),
        (error: unknown) => String(error),
      );
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
  };
  const asking = ask();
  const stop = async (): Promise<ReadonlyMap<string, number>> => {
    goesOn = false;
    await asking;
    return counts;
  };
  return { stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}

/** Headers of requests to `tidegate up` that write. */
export function bearer({ up }: Status): { readonly authorization: string } {
  return { authorization: `Bearer ${readFileSync(up?.token ?? '', 'utf8').trim()}` };
}
