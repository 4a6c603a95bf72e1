import type { Fault } from '../fault.ts';
import { faultsOfCells } from './of-cells.ts';
import { faultsOfColumns } from './of-columns.ts';
import { faultsOfDistributions } from './of-distributions.ts';
import { faultsOfTables } from './of-tables.ts';

/** Every kind of fault that is planted. */
export const catalogue: readonly Fault[] = [...faultsOfColumns, ...faultsOfCells, ...faultsOfTables, ...faultsOfDistributions];
