import { requireFormat } from '@tidegate/formats';
import { openHttpClient } from '../platform/index.ts';
import type { UpStatus } from './status.ts';
import type { UpOwner } from './up-folder.ts';

const longestMs = 2_000;

/** What the process that watches a project says of itself; null when it serves no page or does not answer in time. */
export async function askUp({ address }: Pick<UpOwner, 'address'>, signal: AbortSignal): Promise<UpStatus | null> {
  if (address === null) return null;
  using client = openHttpClient();
  try {
    const url = `${address}/api/status`;
    const { status, body } = await client.send({ url, method: 'GET', headers: {}, body: null, timeoutMs: longestMs, signal });
    return status === 200 ? statusIn(body) : null;
  } catch {
    return null;
  }
}

/** @throws TG-STORE-RECORD when another version answers */
function statusIn(body: string): UpStatus {
  const value: unknown = JSON.parse(body);
  requireFormat('tidegate.up-status/1', value, 'the answer of tidegate up');
  return value as UpStatus;
}
