import type { MysqlConfig } from '../../../config/index.ts';
import type { SourceParts } from '../source-parts.ts';
import { connectMysql, type MysqlConnection } from './connect.ts';
import { mysqlFailure } from './mysql-failure.ts';

export interface MysqlTask {
  readonly config: MysqlConfig;
  readonly parts: SourceParts;
  readonly signal: AbortSignal;
  readonly title: string;
}

/** Does something with a connection of its own. @throws TG-SOURCE-…, TG-SECRETS-MISSING, the signal's reason */
export async function whileConnected<T>(
  { config, parts, signal, title }: MysqlTask,
  work: (connection: MysqlConnection) => Promise<T>,
): Promise<T> {
  try {
    await using connection = await connectMysql(config, parts, signal);
    return await work(connection);
  } catch (error) {
    signal.throwIfAborted();
    throw mysqlFailure(error, title);
  }
}
