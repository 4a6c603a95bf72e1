export { type EvidenceFilter } from './evidence-of.ts';
export { judge, type Judgement } from './judge.ts';
export { count, figure, percent, rows, signed } from './figures.ts';
