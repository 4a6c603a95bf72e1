import type { Engine } from '@tidegate/runtime';
import { refuseBadPatterns } from '../../checks/patterns.ts';
import type { Finding } from '../../checks/finding.ts';
import { rulesBeyondRows } from '../../further/further-rules.ts';
import { checkTable } from '../../check-table.ts';
import { type DatasetFile, tableFormatOf } from '../../read/dataset-file.ts';
import { openTable } from '../../read/dataset-table.ts';
import { inTurn } from '../../tables/side-by-side.ts';
import type { DataContract } from '../data-contract.ts';
import { physicalTypeFindings, type ServerTypes } from './physical-types.ts';

export interface JudgeSettings {
  /** Column with the event time, where the contract names none. */
  readonly time: string | null;
  /** Whether folders such as `day=2026-01-02` give columns. */
  readonly hasFolders: boolean;
  /** Milliseconds since 1970; null = service levels are not judged. */
  readonly now: number | null;
  /** What becomes of rules that look beyond the rows: they are told to be inconclusive, or somebody else judges them. */
  readonly beyondRows: 'inconclusive' | 'left-out';
  /** How the server keeps the rows; null where they are from none, and types that it has of its own are not looked at. */
  readonly server: ServerTypes | null;
  readonly signal: AbortSignal;
}

/** What rows of files have to say to a data contract. What needs more than these rows is inconclusive, and a warning. @throws as the step of a dataset */
export async function findingsOfFiles(
  engine: Engine,
  contract: DataContract,
  files: readonly DatasetFile[],
  { time, hasFolders, now, signal, beyondRows, server }: JudgeSettings,
): Promise<{ readonly rows: number; readonly findings: readonly Finding[] }> {
  await refuseBadPatterns(engine, contract);
  const declared = new Map(
    contract.columns.flatMap(({ name, logicalType }) => (logicalType === null ? [] : [[name, logicalType] as const])),
  );
  const format = tableFormatOf(files.map(({ path }) => path));
  const table = await openTable(engine, { files, format, declared, folders: () => hasFolders });
  const promised = { dataset: contract.object, contract, time: time ?? contract.time, signal, now };
  using other = await engine.beside();
  const { rows, findings } = await checkTable(inTurn([engine, other]), table, promised);
  const types = server === null ? [] : await physicalTypeFindings(engine, { contract, table, server, rows });
  return { rows, findings: [...findings, ...types, ...(beyondRows === 'left-out' ? [] : notMeasured(contract, rows))] };
}

function notMeasured(contract: DataContract, rows: number): readonly Finding[] {
  return rulesBeyondRows(contract).map(({ rule, body, column, unjudged }): Finding => {
    const promise = rule.description ?? `${column === null ? '' : `${column.name}: `}${body.check}`;
    const name = `${column === null ? '' : `${column.name}.`}${rule.name ?? body.check}`;
    const result = {
      name,
      column: column?.name ?? null,
      promise,
      dimension: rule.dimension ?? 'consistency',
      severity: 'warning',
      verdict: 'inconclusive',
    } as const;
    return {
      result: { ...result, failingRows: 0, rows, measured: null, examples: [] },
      reason: `${promise}: ${unjudged ?? 'it is not measured here, for it looks beyond these rows: a run judges it, in the step checks.NAME'}`,
    };
  });
}
