export { type ComparedMetric, compareMetric, type Pair } from './compare-metric.ts';
export { curvesOf } from './curves.ts';
export type { Difference, DifferenceOptions, Estimate } from './estimate.ts';
export {
  judgeVersion,
  type JudgedVersionMeasure,
  leastPast,
  type MeasuredPoint,
  type MeasureKind,
  type MeasureToJudge,
  type PastState,
} from './history/index.ts';
export { type AssociatedColumn, associationOf } from './explanation/association.ts';
export { dependenceGrid, type DependencePoint, dependencePoint } from './explanation/partial-dependence.ts';
export { type PermutationImportance, permutationImportance } from './explanation/permutation-importance.ts';
export { type Design, fitLogistic, fitRidge, type LinearModel } from './linear-model.ts';
export { gapDifference, gapEstimate, type GapMeasure, groupValues, type Groups } from './fairness.ts';
export { calibrationError } from './calibration-error.ts';
export { clopperPearson } from './clopper-pearson.ts';
export { type Condition, findWeakSlices, type WeakSlice, type WeakSlices } from './slices/find-weak-slices.ts';
export { logGamma } from './gamma.ts';
export { frontScanTest } from './front-scan.ts';
export { holmAdjusted } from './holm.ts';
export { independentDifference, rowsToDecide } from './independent-difference.ts';
export { halvesByChance } from './halves-by-chance.ts';
export { type BinnedColumn, type CountError, judgeDrift, type JudgedColumn } from './judge-drift.ts';
export { measureMetric, type MeasureOptions } from './measure-metric.ts';
export { metricValue } from './metric-value.ts';
export { homogeneityTest } from './homogeneity.ts';
export { judgeNonInferiority, type Judgement, type JudgementOptions } from './non-inferiority.ts';
export { type BinnedFeature } from './multivariate/boosted-trees.ts';
export { discrepancyTest } from './multivariate/mean-discrepancy.ts';
export { type Points } from './multivariate/points.ts';
export { principalComponents, reconstructionErrors } from './multivariate/principal-components.ts';
export { type Correlation, correlationOf, normalScores } from './multivariate/rank-correlation.ts';
export { binnedSpearman, type BinnedCorrelation, type CrossedBins } from './multivariate/binned-spearman.ts';
export { type RankedColumn, rankedColumn, spearmanOf } from './multivariate/ranked-column.ts';
export { type ScoredHalf, separationOf } from './multivariate/separation.ts';
export { tellApart } from './multivariate/tell-apart.ts';
export { normalCdf, normalQuantile } from './normal.ts';
export { requiredRows } from './power.ts';
export { rankSumTest } from './rank-sum.ts';
export type { Recomputed } from './bootstrap.ts';
export { type Contribution, rowCount, takeRows, type Sample, withoutGaps } from './sample.ts';
export { judgeLive, type JudgedLive, type LiveOptions, type LiveReason } from './sequential/judge-live.ts';
export { type ArmOutcomes, type LiveOutcome, matureOutcomes } from './sequential/mature-outcomes.ts';
export { type SeededRandom, seededRandom } from './seeded-random.ts';
export { type PairedCounts, tangoDifference } from './tango.ts';
export { type DistanceEstimate, totalVariation } from './total-variation.ts';
export { wilsonEstimate } from './wilson.ts';
export { type BinnedMeasures, binnedMeasures, type Bracket } from './two-samples/binned-measures.ts';
export { type NumberMeasures, numberMeasures } from './two-samples/number-measures.ts';
export { type ProportionsTest, proportionsTest } from './two-samples/proportions.ts';
export { type ShareMeasures, shareMeasures } from './two-samples/share-measures.ts';
export { type ValueCounts } from './two-samples/value-counts.ts';
export { yekutieliAdjusted } from './yekutieli.ts';
