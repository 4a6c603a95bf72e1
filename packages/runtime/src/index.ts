export { type Cell, type Engine, type EngineOptions, openEngine, quoteName, quoteText, type Row } from './engine.ts';
export { type ExclusiveLock, tryLock } from './exclusive-lock.ts';
export { identityOf, isRunning, type ProcessIdentity } from './process-identity.ts';
export {
  entityKeyCodec,
  type FeatureLookUp,
  type FeatureReader,
  type FeatureStatus,
  featureReader,
  keyTypes,
  type OnlineEntry,
  type OnlineRow,
  type OnlineStore,
  type OnlineView,
  openSqliteOnlineStore,
} from './online/index.ts';
export { compactLog, type CompactedSegment, predictionsQuery } from './prediction-log/index.ts';
export {
  compareMetric,
  curvesOf,
  type Difference,
  type DifferenceOptions,
  type Estimate,
  holmAdjusted,
  judgeNonInferiority,
  type Judgement,
  type JudgementOptions,
  measureMetric,
  type MeasureOptions,
  metricValue,
  normalCdf,
  normalQuantile,
  type Pair,
  type PairedCounts,
  requiredRows,
  type Sample,
  type SeededRandom,
  seededRandom,
  takeRows,
  tangoDifference,
  wilsonEstimate,
} from './statistics/index.ts';
