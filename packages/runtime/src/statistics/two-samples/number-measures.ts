import { andersonDarling } from './anderson-darling.ts';
import { cramerVonMises, type CramerVonMises } from './cramer-von-mises.ts';
import { kolmogorovSmirnov, type KolmogorovSmirnov } from './kolmogorov-smirnov.ts';
import { mannWhitney, type MannWhitney } from './mann-whitney.ts';
import { transport } from './transport.ts';
import type { ValueCounts } from './value-counts.ts';

/** How two samples of numbers differ, by the measures that people know; null what cannot be measured of these. */
export interface NumberMeasures {
  readonly kolmogorovSmirnov: KolmogorovSmirnov | null;
  readonly mannWhitney: MannWhitney | null;
  readonly cramerVonMises: CramerVonMises | null;
  /** Standardised. */
  readonly andersonDarling: number | null;
  readonly wasserstein: number | null;
  readonly energy: number | null;
}

/** Of all values: equal to what SciPy says of the same rows, with `nan_policy="omit"`. */
export function numberMeasures(counts: ValueCounts): NumberMeasures {
  const moved = transport(counts);
  return {
    kolmogorovSmirnov: kolmogorovSmirnov(counts),
    mannWhitney: mannWhitney(counts),
    cramerVonMises: cramerVonMises(counts),
    andersonDarling: andersonDarling(counts),
    wasserstein: moved?.wasserstein ?? null,
    energy: moved?.energy ?? null,
  };
}
