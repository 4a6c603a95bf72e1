export { listReceipts } from './job-folder.ts';
export { replayLog } from './replay/replay-log.ts';
export { type ScoredJob, scoreFile } from './score-file.ts';
export type { ScoreOrder } from './score-order.ts';
