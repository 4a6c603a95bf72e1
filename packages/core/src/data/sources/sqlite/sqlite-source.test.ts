import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SqliteConfig } from '../../../config/index.ts';
import { openSource } from '../open-source.ts';
import { sourceConformance } from '../source.conformance.ts';

const weather: SqliteConfig = { kind: 'sqlite', file: 'weather.db', table: 'weather', query: null, where: null, key: null, cursor: null };

sourceConformance('an SQLite source', async () => {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-sqlite-'));
  const database = new DatabaseSync(join(root, weather.file));
  database.exec(
    "CREATE TABLE weather (id INTEGER PRIMARY KEY, place TEXT, wind REAL); INSERT INTO weather VALUES (1, 'Oslo', 3.5), (2, NULL, -0.0)",
  );
  const open = (config: SqliteConfig) => openSource(config, { root, secret: async () => null });
  return {
    source: await open(weather),
    missing: await open({ ...weather, table: 'wether' }),
    unreachable: await open({ ...weather, file: 'none.db' }),
    add: async () => database.exec("INSERT INTO weather VALUES (3, 'Rome', 1)"),
    hidden: [root],
    [Symbol.asyncDispose]: async () => {
      database.close();
      rmSync(root, { recursive: true });
    },
  };
});
