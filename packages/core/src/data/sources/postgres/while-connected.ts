import type { PostgresConfig } from '../../../config/index.ts';
import type { SourceParts } from '../source-parts.ts';
import { connectPostgres, type PostgresConnection } from './connect.ts';
import { postgresFailure } from './postgres-failure.ts';

export interface PostgresTask {
  readonly config: PostgresConfig;
  readonly parts: SourceParts;
  readonly signal: AbortSignal;
  readonly title: string;
}

/** Does something with a connection of its own. @throws TG-SOURCE-…, TG-SECRETS-MISSING, the signal's reason */
export async function whileConnected<T>(
  { config, parts, signal, title }: PostgresTask,
  work: (connection: PostgresConnection) => Promise<T>,
): Promise<T> {
  try {
    await using connection = await connectPostgres(config, parts, { signal });
    return await work(connection);
  } catch (error) {
    signal.throwIfAborted();
    throw postgresFailure(error, title);
  }
}
