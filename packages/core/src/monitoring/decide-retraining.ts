import type { MonitorConfig } from '../config/index.ts';
import type { MonitorPart, RetrainDecision, Retraining } from '@tidegate/formats';
import { type Ages, ageWords } from './ages.ts';
import { isDue } from './schedule.ts';

export interface DecisionInputs {
  readonly config: Pick<MonitorConfig, 'retrain'>;
  readonly nowMs: number;
  readonly parts: readonly MonitorPart[];
  readonly ages: Ages;
  /** The last training that this monitor started. */
  readonly last: Retraining | null;
}

/** Nothing asks for a training. */
export const noRetraining: RetrainDecision = { wanted: false, reasons: [], heldBackBy: null };

/**
 * Whether to train again. Of drift and quality only what is proven counts: `inconclusive` starts nothing, and neither does `invalid`,
 * which a training would not heal.
 */
export async function decideRetraining({ config, nowMs, parts, ages, last }: DecisionInputs): Promise<RetrainDecision> {
  if (config.retrain === null) return noRetraining;
  const reasons: string[] = [];
  for (const reason of config.retrain.on) {
    if (reason.kind === 'age') {
      const newestMs = await ages.model();
      if (newestMs !== null && nowMs - newestMs > reason.ms)
        reasons.push(`The model is ${ageWords(nowMs - newestMs)} old, more than ${ageWords(reason.ms)}`);
    } else if (reason.kind === 'data') {
      const changed = await ages.changedData();
      if (changed.length > 0) reasons.push(`${changed.map((name) => `data.${name}`).join(', ')} changed since the live model was trained`);
    } else reasons.push(...parts.flatMap(({ part, verdict, reason: why }) => (part === reason.kind && verdict === 'fail' ? [why] : [])));
  }
  const heldBackBy = reasons.length === 0 ? null : cooldown(last, { nowMs, cooldownMs: config.retrain.cooldownMs });
  return { wanted: reasons.length > 0 && heldBackBy === null, reasons, heldBackBy };
}

function cooldown(last: Retraining | null, { nowMs, cooldownMs }: { readonly nowMs: number; readonly cooldownMs: number }): string | null {
  if (last === null || isDue(Date.parse(last.at), { nowMs, everyMs: cooldownMs })) return null;
  return `The last training, ${last.run}, was started ${ageWords(Math.abs(nowMs - Date.parse(last.at)))} ago, and ${ageWords(cooldownMs)} must pass`;
}
