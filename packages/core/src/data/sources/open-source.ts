import type { SourceConfig } from '../../config/index.ts';
import type { Source } from './source.ts';
import type { SourceParts } from './source-parts.ts';

/** Opens the source of a dataset. What a kind needs is loaded when one of it is opened. */
export async function openSource(config: SourceConfig, parts: SourceParts): Promise<Source> {
  switch (config.kind) {
    case 'sqlite':
      return (await import('./sqlite/sqlite-source.ts')).sqliteSource(config, parts);
    case 'postgres':
      return (await import('./postgres/postgres-source.ts')).postgresSource(config, parts);
    case 'mysql':
      return (await import('./mysql/mysql-source.ts')).mysqlSource(config, parts);
    case 's3':
      return (await import('./s3/s3-source.ts')).s3Source(config, parts);
    case 'http':
      return (await import('./http/http-source.ts')).httpSource(config, parts);
  }
}
