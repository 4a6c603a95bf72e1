export type { DeployedRelease, DeployRequest, Target, TargetStatus } from './target.ts';
