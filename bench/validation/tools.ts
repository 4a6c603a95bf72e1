import { join } from 'node:path';
import type { InstalledPackages, Packages } from './installs.ts';

/** Files that a tool is given. */
export interface Given {
  readonly table: string;
  readonly checks: string;
  readonly contract: string;
}

/** A tool that checks a table: how it is called, and how many rows of each broken check it names. */
export interface CheckingTool extends Packages {
  /** Does nothing at more rows than this, where it would take too long or too much memory. */
  readonly mostRows: number;
  readonly argv: (tool: InstalledPackages, given: Given) => readonly string[];
  /** Numbers of failing rows, sorted, from what it printed. */
  readonly found: (output: string) => readonly number[];
}

const script = (name: string): string => join(import.meta.dirname, 'peers', name);
const counts = (output: string): readonly number[] =>
  Object.values(JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as Readonly<Record<string, number>>).toSorted((a, b) => a - b);

export const checkingTools: readonly CheckingTool[] = [
  {
    name: 'Pandera (polars)',
    packages: ['pandera[polars]==0.35.*', 'pyarrow'],
    mostRows: 10_000_000,
    argv: ({ python }, { table, checks }) => [python, script('pandera_checks.py'), table, checks],
    found: counts,
  },
  {
    name: 'datacontract-cli',
    packages: ['datacontract-cli[parquet,duckdb]==1.2.*'],
    mostRows: 10_000_000,
    argv: ({ bin }, { contract }) => [join(bin, 'datacontract'), 'test', contract],
    found: (output) =>
      [...output.replaceAll(/\s+/g, ' ').matchAll(/Actual (?:duplicate|missing|invalid)_count\(\w+\) was (\d+)/g)]
        .map(([, rows]) => Number(rows))
        .toSorted((a, b) => a - b),
  },
  {
    name: 'Great Expectations (pandas)',
    packages: ['great_expectations==1.24.*', 'pyarrow'],
    mostRows: 1_000_000,
    argv: ({ python }, { table, checks }) => [python, script('great_expectations_checks.py'), table, checks],
    found: counts,
  },
  {
    name: 'PyDeequ (Spark)',
    packages: ['pydeequ', 'pyspark==3.5.*', 'setuptools'],
    mostRows: 10_000_000,
    argv: ({ python }, { table, checks }) => [python, script('pydeequ_checks.py'), table, checks],
    found: counts,
  },
];

/** A tool that compares two tables. It says how many columns drifted. */
export interface DriftTool extends Packages {
  readonly mostRows: number;
  readonly argv: (tool: InstalledPackages, reference: string, current: string) => readonly string[];
}

export const driftTools: readonly DriftTool[] = [
  {
    name: 'SciPy, by hand',
    packages: ['scipy', 'pandas', 'pyarrow'],
    mostRows: 10_000_000,
    argv: ({ python }, ...files) => [python, script('scipy_drift.py'), ...files],
  },
  {
    name: 'NannyML',
    packages: ['nannyml==0.13.1', 'pyarrow', 'statsmodels'],
    mostRows: 1_000_000,
    argv: ({ python }, ...files) => [python, script('nannyml_drift.py'), ...files],
  },
  {
    name: 'Evidently',
    packages: ['evidently==0.7.23', 'pandas<3', 'pyarrow'],
    mostRows: 1_000_000,
    argv: ({ python }, ...files) => [python, script('evidently_drift.py'), ...files],
  },
];
