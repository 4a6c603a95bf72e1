import { join } from 'node:path';
import { type CheckResult, type Digest, shortDigest, type Verdict } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { rm } from '../../../platform/index.ts';
import type { Finding } from '../../checks/finding.ts';
import { verdictOver } from '../../check-table.ts';
import { type DatasetFile, tableFormatOf } from '../../read/dataset-file.ts';
import { scratchFolder } from '../../scratch-folder.ts';
import type { DataContract } from '../data-contract.ts';
import { findingsOfFiles } from './findings-of-files.ts';
import type { ServerTypes } from './physical-types.ts';

/** What data has to say to a data contract. */
export interface JudgedContract {
  /** File of the data contract, as it is named in messages. */
  readonly file: string;
  readonly id: string;
  readonly version: string;
  readonly object: string;
  /** What was judged, in words: `data.flights`, `"flights/*.parquet"`, `the server "production"`. */
  readonly data: string;
  readonly rows: number;
  /** The moment against which service levels were judged. */
  readonly asOf: string;
  readonly verdict: Verdict;
  readonly checks: readonly JudgedCheck[];
}

export interface JudgedCheck extends CheckResult {
  /** One sentence with the numbers. */
  readonly reason: string;
}

export interface JudgeOptions {
  readonly data: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Column with the event time, where the contract names none. */
  readonly time?: string | null;
  /** Whether folders such as `day=2026-01-02` give columns. */
  readonly hasFolders?: boolean;
  /** Digest of the version that the data is; null or left out for what is none. */
  readonly digest?: Digest | null;
  /** How the server keeps the rows; null or left out where they are from none. */
  readonly server?: ServerTypes | null;
  readonly signal: AbortSignal;
}

/** Judges rows of files by a data contract as the step of a dataset does, and its service levels too; nothing is kept. @throws as the step */
export async function judgeFiles(contract: DataContract, files: readonly DatasetFile[], options: JudgeOptions): Promise<JudgedContract> {
  const { data, now, signal, hasFolders = false } = options;
  const folder = await scratchFolder();
  try {
    // the columns of a Parquet file are shared by two engines, and a text is parsed by two threads of one
    const threads = tableFormatOf(files.map(({ path }) => path)) === 'parquet' ? 1 : 2;
    using engine = await openEngine({ threads, spill: join(folder, 'spill'), signal });
    const { rows, findings: measured } = await findingsOfFiles(engine, contract, files, {
      time: options.time ?? null,
      hasFolders,
      now,
      signal,
      beyondRows: 'inconclusive',
      server: options.server ?? null,
    });
    const findings = [...pinFindings(contract, options.digest ?? null, rows), ...measured];
    return {
      file: contract.document.file,
      id: contract.id,
      version: contract.version,
      object: contract.object,
      data,
      rows,
      asOf: new Date(now).toISOString(),
      verdict: verdictOver(findings),
      checks: findings.map(({ result, reason }) => ({ ...result, reason })),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether the data is the version that a data contract is pinned to. */
function pinFindings({ pinned }: DataContract, digest: Digest | null, rows: number): readonly Finding[] {
  if (pinned === null) return [];
  const isPinned = digest?.startsWith(`sha256:${pinned}`) === true;
  const found = digest === null ? 'the data is no version' : isPinned ? 'it is' : `it is ${shortDigest(digest)}`;
  const promise = `the data is the version ${pinned.slice(0, 12)}`;
  return [
    {
      result: {
        name: 'version',
        column: null,
        promise,
        dimension: 'consistency',
        severity: digest === null ? 'warning' : 'error',
        verdict: digest === null ? 'inconclusive' : isPinned ? 'pass' : 'fail',
        failingRows: 0,
        rows,
        measured: digest,
        examples: [],
      },
      reason: `${promise}: ${found}`,
    },
  ];
}
