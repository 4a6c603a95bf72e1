import type { S3SourceConfig } from '../../../config/index.ts';
import { openHttpExchange, type S3Bucket, type S3Listed } from '../../../platform/index.ts';
import { certificateOfServer } from '../certificate-of-server.ts';
import { lookOver, passed } from '../look-over.ts';
import { latencyFinding } from '../measured-findings.ts';
import type { SourceFinding } from '../source.ts';
import { clockOf } from '../clock-of.ts';
import { toldOfBucket } from './told-of-bucket.ts';

/** An object under the name that it has in the dataset. */
export interface NamedObject extends S3Listed {
  /** Below the prefix. */
  readonly name: string;
}

interface Checking {
  readonly bucket: S3Bucket;
  readonly list: (signal: AbortSignal) => Promise<readonly NamedObject[]>;
  readonly title: string;
  readonly config: S3SourceConfig;
  readonly signal: AbortSignal;
}

/** Looks at the way to a bucket, at what is in it, and whether it may be read. */
export async function checkBucket({ config, bucket, list, signal, title }: Checking): Promise<readonly SourceFinding[]> {
  const url = config.endpoint ?? `https://s3.${config.region ?? 'us-east-1'}.amazonaws.com`;
  const exchange = openHttpExchange();
  const knock = async (): Promise<Awaited<ReturnType<typeof exchange.ask>>> => {
    const answer = await exchange.ask({ url, method: 'HEAD', headers: {}, body: null, signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw toldOfBucket(title).network(error);
    });
    answer.body.resume();
    return answer;
  };
  return lookOver([
    { about: 'reach', at: async () => (await knock(), passed('The server answers')) },
    { about: 'tls', at: async () => certificateOfServer((await knock()).socket, new URL(url).hostname) },
    { about: 'clock', at: async () => clockOf((await knock()).headers['date']) },
    { about: 'latency', at: () => latencyFinding(knock) },
    { about: 'found', at: async () => counted(await list(signal)) },
    { about: 'permission', at: async () => readable(bucket, await list(signal), signal) },
  ]);
}

function counted(objects: readonly NamedObject[]): Omit<SourceFinding, 'about'> {
  const bytes = objects.reduce((sum, { size }) => sum + size, 0);
  return passed(`The bucket lets itself be listed: ${objects.length} objects, ${bytes} bytes`, { objects: objects.length, bytes });
}

async function readable(bucket: S3Bucket, [first]: readonly NamedObject[], signal: AbortSignal): Promise<Omit<SourceFinding, 'about'>> {
  const found = await bucket.get(first?.name ?? '', { range: { from: 0, to: 1 }, signal });
  found?.body?.destroy();
  return passed('Objects can be read');
}
