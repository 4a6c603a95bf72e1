import { type Digest, hexOf } from '@tidegate/formats';
import type { OverrideConfig } from '../config/index.ts';
import type { Finding } from './evidence.ts';

/** Whether a check is of what serving costs, which is judged in the trial of a release and not with the model. */
export function isServingCost(check: string): boolean {
  return /^(latency\.p50|latency\.p99|cold-start|memory)(\.|$)/.test(check);
}

/** What of a finding decides whether it may be let through, and what of it is changed. */
type Checked = Pick<Finding, 'name' | 'verdict' | 'reason' | 'details' | 'blocking'>;

/**
 * Lets through what a person has let through: for this model file, by the name of the check. The verdict stays what it is and is shown with
 * who and why; it only no longer blocks. What is invalid cannot be let through: there is nothing to decide about.
 */
export function overridden<F extends Checked>(finding: F, overrides: readonly OverrideConfig[], artifact: Digest): F {
  const { name, verdict, blocking = true } = finding;
  const override = overrides.find((one) => one.check === name && hexOf(artifact).startsWith(one.model.replace(/^sha256:/, '')));
  if (override === undefined || !blocking || verdict === 'pass') return finding;
  const { person, reason } = override;
  if (verdict === 'invalid')
    return { ...finding, reason: `${finding.reason}; ${person} cannot let it through, for what is invalid says nothing` };
  return {
    ...finding,
    blocking: false,
    reason: `${finding.reason}; let through by ${person}: ${reason}`,
    details: { measured: finding.details ?? null, override: { person, reason } },
  };
}
