export { type BinnedCounts, binnedCounts, type CountedValues, countedValues, edgesOfProfile } from './binned-counts.ts';
export { type Cell as ProfileCell, exponentFor, logBins, packCells, joined as joinedCells } from './cells.ts';
export { distributionOf, quantileOf, type QuantileEstimate, rowsUpTo, type RowsUpTo } from './distribution.ts';
export { keepFrequent, patternLimits, valueLimits } from './frequent-values.ts';
export { mergeParts } from './merge-parts.ts';
export { probabilities, profileOfPart } from './profile-of-part.ts';
export { type ReferenceBins, referenceBins, type RowsByBin, rowsByBin } from './reference-bins.ts';
export { distinctError, lastRank, packRegisters, registerCount } from './registers.ts';
