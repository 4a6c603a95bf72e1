export { featureCasesKind } from './cases/feature-cases-kind.ts';
export { readersOfColumns } from './columns-read.ts';
export type { FeatureDefinitions, ServiceDefinition, ViewDefinition } from './definitions.ts';
export { featureKind, type FeatureKindDeps } from './feature-kind.ts';
export {
  openRefreshEngine,
  type ComputableView,
  type DatasetDifference,
  type DatasetState,
  type DatasetStates,
  type RefreshEngine,
} from './refresh/refresh-engine.ts';
export { type RefreshedVersion, refreshView } from './refresh/refresh-view.ts';
export { materialise, type MaterialisedView, type MaterialiseOrder } from './materialise.ts';
export { compareOnline } from './compare-online.ts';
export { loadDefinitions, serviceVersion, viewVersion } from './meaning.ts';
export { type OfflineLookUp, type OfflineLookUpOrder, openOfflineLookUp } from './offline-look-up.ts';
export { datasetsNamedBy, featureCaseNodes, featureNodes } from './nodes.ts';
export { readDefinitions } from './read-definitions.ts';
export { computeTestSet, type TestSetOrder } from './test-set.ts';
