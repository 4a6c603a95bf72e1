import { type CheckResult, type DatasetSchema, type DatasetVersion, digest, type Digest, type Evidence, stepName } from '@tidegate/formats';
import type { StepContext, StepNode, StepResult } from '../../pipeline/index.ts';
import { plainVersion } from '../plain-version.ts';
import { putRecord } from '../put-record.ts';
import { readVersion } from '../read-version.ts';

/** What was made of a version without reading the rest of it. */
export interface TreeOnto {
  /** The version that it was made of. */
  readonly onto: Digest;
  readonly tree: Digest;
  readonly files: number;
  readonly bytes: number;
  /** 0 for files that are kept as they are. */
  readonly rows: number;
  /** What the dataset is read from. */
  readonly from: readonly string[];
}

/** The step that makes a version of it, in the place of the one that reads the files of the dataset. */
export function ontoNode(dataset: string, { onto, tree, files, bytes, rows, from }: TreeOnto): StepNode {
  return {
    name: stepName(`data.${dataset}`),
    kind: 'dataset',
    inputs: [],
    outputs: ['version', 'files', 'schema'].map((name) => ({ name, path: null, publish: false })),
    settings: { made: { onto, tree, files, bytes, rows, from } },
    variables: {},
    cpus: 1,
  };
}

/** Null for a step that reads files. */
export function treeOntoOf({ settings }: StepNode): TreeOnto | null {
  const made = settings['made'];
  if (typeof made !== 'object' || made === null || Array.isArray(made)) return null;
  const { onto, tree, files, bytes, rows, from } = made as { readonly [name: string]: unknown };
  return {
    onto: digest(String(onto)),
    tree: digest(String(tree)),
    files: Number(files),
    bytes: Number(bytes),
    rows: Number(rows),
    from: Array.isArray(from) ? from.map(String) : [],
  };
}

/**
 * A version of a tree whose files need not be at hand. What is known only when all rows are read, its profile and what its checks find, is not measured,
 * and is said to be so: a check that was not made does not pass.
 */
export async function makeOntoVersion({ node, store }: StepContext, made: TreeOnto): Promise<StepResult> {
  const before = await readVersion(store, { digest: made.onto });
  const dataset = node.name.slice('data.'.length);
  const { tree, files, bytes } = made;
  const version = before.fileFormat === 'files' ? plainVersion(dataset, { digest: tree, files, bytes }) : notMeasured(before, made);
  const schema: DatasetSchema = { format: 'tidegate.dataset-schema/1', dataset, columns: version.columns };
  return {
    outputs: {
      version: await putRecord(store, version),
      schema: await putRecord(store, schema),
      files: { kind: 'tree', digest: tree, bytes, files },
    },
    evidence: version.checks.map((check) => evidenceOf(dataset, check)),
    facts: {
      files,
      bytes,
      rows: version.rows,
      checks: version.checks.length,
      ...(version.fileFormat !== 'files' && { measured: false, from: made.from }),
    },
  };
}

function notMeasured(former: DatasetVersion, { tree, files, bytes, rows }: TreeOnto): DatasetVersion {
  const { delivered: _, ...before } = former; // the files of another version
  return {
    ...before,
    tree,
    files,
    bytes,
    rows,
    profile: { format: 'tidegate.profile/1', rows, columns: [] },
    checks: before.checks.map((check) => ({ ...check, verdict: 'inconclusive', failingRows: 0, rows, measured: null, examples: [] })),
    verdict: 'inconclusive',
  };
}

function evidenceOf(dataset: string, check: CheckResult): Evidence {
  return {
    format: 'tidegate.evidence/1',
    kind: 'check',
    name: check.name,
    subject: `data.${dataset}`,
    verdict: check.verdict,
    blocking: check.severity === 'error',
    reason: 'not measured: the version was made without reading all of its rows; a run where they can be read measures it',
    details: { ...check },
  };
}
