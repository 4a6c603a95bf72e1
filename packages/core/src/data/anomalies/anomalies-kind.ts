import { canonicalJson, type Digest, type FineNote, type MeasuredVersion, recordJson } from '@tidegate/formats';
import { inputOf, type StepContext, type StepKind } from '../../pipeline/index.ts';
import { digestOfBytes } from '../../platform/index.ts';
import { putRecord } from '../put-record.ts';
import { anomalyEvidence } from './anomaly-evidence.ts';
import { settingsOf } from './anomaly-nodes.ts';
import { judgeHistory, type VersionHistory, versionsBefore } from './judge-history.ts';

export interface AnomalyDeps {
  /** A version with what is known of those before it; noted as had now, unless it was had before. */
  readonly historyOf: (dataset: string, version: Digest) => Promise<VersionHistory>;
}

/** Judges a version of a dataset by the versions before it: what looks unusual is evidence. */
export function anomaliesKind({ historyOf }: AnomalyDeps): StepKind {
  // what the key was made of is what is judged, whatever is noted meanwhile
  const known = new Map<string, VersionHistory>();
  const read = async ({ node, inputs }: Pick<StepContext, 'node' | 'inputs'>): Promise<VersionHistory> => {
    const { dataset } = settingsOf(node);
    const { digest } = inputOf({ inputs }, `data.${dataset}/version`).artifact;
    const name = `${dataset} ${digest}`;
    const found = known.get(name) ?? (await historyOf(dataset, digest));
    known.set(name, found);
    return found;
  };
  return {
    kind: 'anomalies',
    version: 1,
    facts: async (context) => {
      const history = await read(context);
      return { history: historyDigest(history) };
    },
    run: async (context) => {
      const settings = settingsOf(context.node);
      const report = judgeHistory(await read(context), settings);
      const count = (verdict: string): number => report.measures.filter((measure) => measure.verdict === verdict).length;
      return {
        outputs: { report: await putRecord(context.store, report) },
        evidence: anomalyEvidence(report, settings.severity),
        facts: {
          versions: report.versions,
          measures: report.measures.length,
          anomalies: count('fail'),
          inconclusive: count('inconclusive'),
        },
      };
    },
  };
}

/** All that a judgement comes from. */
function historyDigest({ version, others, notes }: VersionHistory): Digest {
  const records: readonly (MeasuredVersion | FineNote)[] = [version, ...versionsBefore(version, others), ...notes];
  return digestOfBytes(canonicalJson(records.map(recordJson)));
}
