export { type ApiTest, type Expectation } from './api-tests/api-test.ts';
export { type ApiTestFile } from './api-tests/load-api-tests.ts';
export { type RunApiTestsOptions } from './api-tests/run-api-tests.ts';
export { championSource } from './champion-source.ts';
export type { DeployDeps } from './deploy-deps.ts';
export { deployRelease, type DeploymentOutcome, type ReleaseDeployment } from './deploy-release.ts';
export { deploymentHistory, deploymentTrail, type HistoryFilter, liveAfter } from './history.ts';
export { reconcile, type ReconcileRequest } from './reconcile.ts';
export { releasesInUse, withReleasesInUse } from './releases-in-use.ts';
export { predictionLogFolder } from './release-folder.ts';
export { rollback, type RollbackRequest } from './rollback.ts';
export { serverVariables } from './server-variables.ts';
export { type ServiceStatus, serviceStatuses } from './service-status.ts';
export { releaseParts, sharedRelease, takeOverRelease } from './shared-release.ts';
export { pushHistory, readSharedHistory, type Sharing } from './shared-history.ts';
export { stopEnvironment, type StopRequest } from './stop.ts';
export { digestOfTests } from './kept-tests.ts';
export { apiTestsOf, type Switched } from './switch-release.ts';
export {
  type DeployedRelease,
  type DeploymentPlace,
  type DeployRequest,
  type ReleaseSettings,
  type Target,
  type TargetStatus,
} from './target.ts';
export { localTarget, type LocalTargetOptions } from './targets/local/local-target.ts';
export { type MemoryWorld, type ScriptedRelease } from './targets/memory/memory-target.ts';
export type { TrialFeatures } from './trial/prepared-release.ts';
export { costRules, replayCost } from './trial/replay-cost.ts';
export { trialKind } from './trial/trial-kind.ts';
export { trialNodes } from './trial/trial-nodes.ts';
export { pathTo } from './order.ts';
