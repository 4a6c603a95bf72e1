export { type EvidenceFilter, evidenceOf } from './evidence-of.ts';
export { judge, type Judgement } from './judge.ts';
