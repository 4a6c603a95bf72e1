import type { Explanation } from '@tidegate/formats';
import { count, figure, percent, rows } from '../../evidence/index.ts';
import type { Finding } from '../evidence.ts';
import type { Unexplained } from './explain-model.ts';

/** Inputs that the sentence names. */
const named = 3;

/** What moves the predictions, in a sentence. It decides nothing. */
export function explanationFinding(explained: Explanation | Unexplained): Finding {
  const finding = { kind: 'explanation' as const, name: 'explanation', blocking: false };
  if ('unexplained' in explained)
    return { ...finding, verdict: 'inconclusive', reason: `What moves the predictions cannot be told: ${explained.unexplained}` };
  const { metric, importances, together, confidence } = explained;
  const shown = importances.filter(({ low }) => low > 0);
  const told = shown
    .slice(0, named)
    .map(({ input, value, low, high }) => `"${input}" ${figure(value)} (${figure(low)} to ${figure(high)})`);
  const without = importances.length - shown.length;
  const sentence =
    told.length === 0
      ? `No input is shown to matter: ${metric} does not change where its values are shuffled among ${rows(explained.rows)}`
      : `By how much ${metric} is worse where values are shuffled among ${rows(explained.rows)}: ${told.join(', ')} at ${percent(confidence)}${shown.length > named ? `, and ${count(shown.length - named)} more that matter` : ''}${without === 0 ? '' : `; ${count(without)} of ${count(importances.length)} inputs are not shown to matter`}`;
  const close = together.map(({ inputs }) => inputs.map((input) => `"${input}"`).join(' and '));
  return {
    ...finding,
    verdict: 'pass',
    reason: `${sentence}${close.length === 0 ? '' : `; ${close.slice(0, 2).join(', and ')} go together, so that one alone says little`}`,
    details: { metric, rows: explained.rows, importances: importances.slice(0, 20), together: together.slice(0, 10) },
  };
}
