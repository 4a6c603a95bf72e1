import type { RunningServer } from './servers.ts';

interface Output {
  readonly name: string;
  readonly data: readonly (number | string | boolean | null)[];
}

const tolerance = 1e-5;

/** Sends one request to both and compares every value. @throws Error when the servers do not do the same work */
export async function requireSameAnswers(servers: readonly RunningServer[], path: string, body: string): Promise<void> {
  const [first, ...others] = await Promise.all(servers.map((server) => outputsOf(server, path, body)));
  for (const other of others) {
    for (const { name, data } of first ?? []) {
      const same = other.find((output) => output.name === name)?.data ?? [];
      const differing = data.findIndex((value, index) => !isClose(value, same[index]));
      if (differing >= 0 || data.length !== same.length)
        throw new Error(
          `Cannot compare the servers: "${name}" differs at value ${differing}: ${String(data[differing])} and ${String(same[differing])}`,
        );
    }
  }
}

async function outputsOf(server: RunningServer, path: string, body: string): Promise<readonly Output[]> {
  const answer = await fetch(`${server.address}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`Cannot compare the servers: ${server.name} answers ${answer.status}: ${text}`);
  const { outputs }: { readonly outputs: readonly Output[] } = JSON.parse(text);
  return outputs.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function isClose(a: Output['data'][number] | undefined, b: Output['data'][number] | undefined): boolean {
  return typeof a === 'number' && typeof b === 'number' ? Math.abs(a - b) <= tolerance : a === b;
}
