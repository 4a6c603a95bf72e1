export { compactLog, type CompactedSegment } from './compact.ts';
export { predictionsQuery } from './predictions-query.ts';
