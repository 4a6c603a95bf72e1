export { judgeVersion, type JudgedVersionMeasure, type MeasureToJudge } from './judge-version.ts';
export { type MeasuredPoint, type MeasureKind } from './measure-scale.ts';
export { leastPast, type PastState } from './settle-past.ts';
