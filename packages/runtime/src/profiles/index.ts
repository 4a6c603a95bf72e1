export { type Cell as ProfileCell, exponentFor, logBins, packCells, joined as joinedCells } from './cells.ts';
export { type CommonBin, commonBins } from './common-bins.ts';
export { distributionOf, quantileOf, type QuantileEstimate } from './distribution.ts';
export {
  byFrequency,
  keepFrequent,
  type MergeLimits,
  patternLimits,
  stepLimits,
  type ValueLimits,
  valueLimits,
  wholeLimits,
} from './frequent-values.ts';
export { mergeParts } from './merge-parts.ts';
export { probabilities, profileOfPart } from './profile-of-part.ts';
export { distinctError, lastRank, packRegisters, registerCount } from './registers.ts';
