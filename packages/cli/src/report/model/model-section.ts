import { whole } from '../../render/figures.ts';
import { shortName } from '../../render/words.ts';
import { modelEvidence } from '../../model-evidence/model-evidence.ts';
import { badge } from '../badge.ts';
import { type Html, html } from '../html.ts';
import { behaviourPart } from './behaviour-part.ts';
import { costPart } from './cost-part.ts';
import { curvePart } from './curve-part.ts';
import { errorPart } from './error-part.ts';
import { evidenceTable, part } from './evidence-table.ts';
import { explanationPart } from './explanation-part.ts';
import { fairnessPart } from './fairness-part.ts';
import type { ModelToShow } from './judged-model.ts';
import { baselinePart, comparisonPart, metricTable } from './metric-part.ts';
import { overridePart } from './override-part.ts';
import { robustnessPart } from './robustness-part.ts';
import { seedPart } from './seed-part.ts';
import { discoveredPart, slicePart } from './slice-part.ts';

/** What was found out about a model, part by part; what nothing is known of is no part. */
export function modelSection({ evaluation, evidence, costs }: ModelToShow): Html {
  const { champion, curves, explanation, errors } = evaluation;
  const found = modelEvidence(evidence);
  const parts: readonly (readonly [string, Html | null])[] = [
    ['Baselines', baselinePart(evaluation)],
    ['Slices', slicePart(evaluation)],
    ['Slices that nobody named', discoveredPart(found.discovered)],
    [
      'What moves the predictions',
      explanation === undefined ? evidenceTable('Explanation', found.explanation) : explanationPart(explanation),
    ],
    ['Where it is wrong', errors === undefined ? null : errorPart(errors)],
    ['Calibration', evidenceTable('Calibration', found.calibration)],
    ['Fairness', fairnessPart(found.fairness)],
    ['Robustness', robustnessPart(found.robustness, evaluation)],
    ['Behaviour', behaviourPart(found.behaviour)],
    ['Leakage', evidenceTable('Leakage', found.leakage)],
    ['Training with other seeds', seedPart(evaluation, found.seeds)],
    ['What serving costs', costPart(found.cost, costs)],
  ];
  return html`<h3>Model: ${evaluation.model} ${badge(evaluation.verdict)}</h3>
<p>Version <code>${shortName(evaluation.modelVersion)}</code> on ${whole(evaluation.rows)} rows of the test set.
${champion === null ? 'No champion to compare with.' : `The champion, version ${shortName(champion.modelVersion)} of release ${shortName(champion.release)}, was scored again on the same rows${evaluation.rowsExcluded > 0 ? `; ${whole(evaluation.rowsExcluded)} rows it was trained on are left out` : ''}.`}</p>
${overridePart(evidence)}
${metricTable(evaluation)}
${comparisonPart(evaluation)}
${curvePart(curves)}
${parts.map(([title, content]) => (content === null ? null : part(title, content)))}`;
}
