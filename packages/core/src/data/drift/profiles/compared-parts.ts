import type { FoundColumn } from '../judged-sides.ts';

/** What two profiles say of one column, as it is said of rows. */
export type ComparedParts = Pick<FoundColumn, 'current' | 'measures' | 'histogram'>;
