/** Lines of one step that are shown in a second; more than anybody reads, and few enough that a terminal keeps up. */
const mostLines = 1_000;

/**
 * Shows what steps print as it comes: the first thousand lines of a step in each second. How many were left out is told with the next line
 * that is shown; all of them are in the log.
 */
export function shownOutput(show: (step: string, line: string) => void, nowMs: () => number): (step: string, text: string) => void {
  const budgets = new Map<string, { readonly begunMs: number; shown: number; leftOut: number }>();
  return (step, text) => {
    let budget = budgets.get(step);
    if (budget === undefined || nowMs() - budget.begunMs >= 1_000) {
      if (budget !== undefined && budget.leftOut > 0)
        show(step, `[${budget.leftOut} lines are not shown; all of it: tidegate log ${step}]`);
      budgets.set(step, (budget = { begunMs: nowMs(), shown: 0, leftOut: 0 }));
    }
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    const left = Math.max(mostLines - budget.shown, 0);
    for (const line of lines.slice(0, left)) show(step, line);
    budget.shown += Math.min(lines.length, left);
    budget.leftOut += Math.max(lines.length - left, 0);
  };
}
