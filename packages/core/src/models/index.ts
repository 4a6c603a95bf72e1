export type { Champion, ChampionRequest, ChampionSource } from './champion.ts';
export type { ChampionTestSet } from './champion-scores.ts';
export type { EvaluateDeps } from './evaluate-deps.ts';
export { evaluateKind } from './evaluate-kind.ts';
export { type DatasetsOfModels, evaluateNodes } from './evaluate-nodes.ts';
export { type Lineage, lineage, type LineageStep } from './lineage.ts';
export { listModelVersions, type RegisteredModel } from './registry.ts';
