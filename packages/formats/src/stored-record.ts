import type { AnomalyReport, FineNote, MeasuredVersion } from './anomalies.ts';
import type { DatasetChecks, DatasetSchema, DatasetVersion } from './dataset-version.ts';
import type { Deployment, DeploymentUnderWay } from './deployment.ts';
import type { DriftReference } from './drift-reference.ts';
import type { Evaluation } from './evaluation.ts';
import { failure } from './failure.ts';
import type { FeatureSetRecord } from './feature-set.ts';
import type { KeyRecord } from './key-record.ts';
import type { LoopNote } from './loop-note.ts';
import type { ModelVersion } from './model.ts';
import type { MonitorCheck, Retraining } from './monitor-check.ts';
import type { ProfilePart, ProfileParts } from './profile-part.ts';
import type { ReleaseManifest } from './release.ts';
import type { ReplayReport } from './replay-report.ts';
import type { RunRecord } from './run-record.ts';
import type { ScoreReceipt } from './score-receipt.ts';
import type { ServingCost } from './serving-cost.ts';
import type { TableRecord } from './table.ts';
import type { TestDependencies } from './test-dependencies.ts';
import type { TestReport } from './test-report.ts';

/** What is kept for later commands, by the `format` that every record carries. */
export interface StoredRecords {
  readonly 'tidegate.anomalies/1': AnomalyReport;
  readonly 'tidegate.dataset-checks/1': DatasetChecks;
  readonly 'tidegate.dataset-schema/1': DatasetSchema;
  readonly 'tidegate.dataset-version/1': DatasetVersion;
  readonly 'tidegate.deployment/1': Deployment;
  readonly 'tidegate.deployment-under-way/1': DeploymentUnderWay;
  readonly 'tidegate.drift-reference/1': DriftReference;
  readonly 'tidegate.evaluation/1': Evaluation;
  readonly 'tidegate.feature-set/1': FeatureSetRecord;
  readonly 'tidegate.fine-note/1': FineNote;
  readonly 'tidegate.key/1': KeyRecord;
  readonly 'tidegate.key/2': KeyRecord;
  readonly 'tidegate.loop-note/1': LoopNote;
  readonly 'tidegate.measured-version/1': MeasuredVersion;
  readonly 'tidegate.model-version/1': ModelVersion;
  readonly 'tidegate.monitor-check/1': MonitorCheck;
  readonly 'tidegate.profile-part/1': ProfilePart;
  readonly 'tidegate.profile-parts/1': ProfileParts;
  readonly 'tidegate.release/1': ReleaseManifest;
  readonly 'tidegate.replay/1': ReplayReport;
  readonly 'tidegate.retraining/1': Retraining;
  readonly 'tidegate.run/1': RunRecord;
  readonly 'tidegate.score-receipt/1': ScoreReceipt;
  readonly 'tidegate.serving-cost/1': ServingCost;
  readonly 'tidegate.table/1': TableRecord;
  readonly 'tidegate.test-dependencies/1': TestDependencies;
  readonly 'tidegate.test-report/1': TestReport;
}

/**
 * A record that this or another version of Tidegate has written. Only its format is looked at: an object has the digest of its
 * bytes, a row of the state its transaction, so what is in them is what a Tidegate that knows the format has put there.
 *
 * @param name says in the message which one: a digest, `the run r-…`
 * @throws TG-STORE-RECORD when it carries another format, or none
 */
export function storedRecord<Format extends keyof StoredRecords>(format: Format, value: unknown, name: string): StoredRecords[Format] {
  requireFormat(format, value, name);
  return value as StoredRecords[Format];
}

/** As {@link storedRecord}, for a record whose type the caller knows. @throws TG-STORE-RECORD */
export function requireFormat(format: string, value: unknown, name: string): void {
  const found = formatOf(value);
  if (found === format) return;
  throw failure(
    'TG-STORE-RECORD',
    `Cannot read "${name}" as "${format}": it is ${found === null ? 'no record' : `"${found}"`}`,
    hintFor(format, found),
  );
}

function formatOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('format' in value)) return null;
  return typeof value.format === 'string' ? value.format : null;
}

function hintFor(format: string, found: string | null): string {
  const [kind, version] = partsOf(format);
  const [foundKind, foundVersion] = partsOf(found ?? '');
  return kind === foundKind && foundVersion > version
    ? 'A newer Tidegate has written it: install the newest, "npm install -g tidegate@latest"'
    : 'Make it again with "tidegate run"';
}

function partsOf(format: string): readonly [string, number] {
  const [kind = '', version = ''] = format.split('/');
  return [kind, Number(version)];
}
