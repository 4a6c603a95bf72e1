import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { readLock } from '../../config/index.ts';
import { systemPlatform } from '../../platform/index.ts';
import { openProject } from '../open-project.ts';
import type { Project } from '../project.ts';
import { type ProjectRun, runProject } from '../run/run-project.ts';
import { type ReadSource, readSource } from './read-source.ts';

const yaml = `version: 1
project: sea
data:
  weather: { from: { sqlite: { file: weather.db, table: weather, cursor: { column: id, overlap: 0 } } } }
steps:
  list: { run: sh list.sh, in: [data.weather, list.sh], out: { list: list.txt } }
models: {}
environments: {}
`;

/** For tests: a project with a dataset of an SQLite database and a step that reads it. */
export interface Sea {
  readonly root: string;
  readonly database: DatabaseSync;
  readonly run: (options?: { readonly keepGoing: boolean }) => Promise<ProjectRun>;
  readonly read: () => Promise<ReadSource>;
  readonly inProject: <T>(work: (project: Project) => Promise<T>) => Promise<T>;
}

export function sea(t: TestContext): Sea {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-sea-'));
  const root = join(folder, 'sea');
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(root);
  writeFileSync(join(root, 'tidegate.yaml'), yaml);
  writeFileSync(join(root, 'list.sh'), 'ls data/weather > list.txt; head -c 4 data/weather/part-000000.parquet >> list.txt\n');
  const database = new DatabaseSync(join(root, 'weather.db'));
  t.after(() => database.close());
  database.exec("CREATE TABLE weather (id INTEGER PRIMARY KEY, place TEXT); INSERT INTO weather VALUES (2, 'Rome'), (1, 'Oslo')");
  const platform = { ...systemPlatform, variables: { PATH: process.env['PATH'], TIDEGATE_HOME: join(folder, 'home') } };
  const inProject: Sea['inProject'] = async (work) => {
    using project = await openProject({ root, platform, serving: { argv: ['false'], version: '0' } });
    return await work(project);
  };
  const { signal } = new AbortController();
  return {
    root,
    database,
    inProject,
    run: (options) =>
      inProject((project) =>
        runProject(project, { goal: 'gate', only: [], force: [], jobs: 1, again: false, signal, emit: () => {}, ...options }),
      ),
    read: () => inProject((project) => readSource(project, 'weather', { signal, progress: () => {} })),
  };
}

export const pins = async (root: string): Promise<unknown> => (await readLock(root)).data['weather'];
