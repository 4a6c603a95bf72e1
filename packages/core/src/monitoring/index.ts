export type { Ages, PromisedAge } from './ages.ts';
export { checkService, readAsPart } from './check-service.ts';
export { judgeRowsDrift, judgeWindowDrift } from './drift/judge-drift.ts';
export { appendCheck, appendRetraining, monitorChecks, retrainings } from './history.ts';
export { monitoringFiles } from './monitoring-files.ts';
export { isDue } from './schedule.ts';
export type { LiveModel } from './watched.ts';
